"""Draw a laid-out pathway as SVG.

Arrows raise, bars lower; dashes are implied, dash-dots disputed; every step has its number.

Shapes and line styles carry the meaning, colour only repeats it. Every text is escaped here, since the
drawing goes into a page as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from markupsafe import escape

from mscape.report.diagram import LINE, Layout, Route, Spot
from mscape.report.page import StepLine

INK, GREY, RULE, BLUE, ORANGE = "#1b1f23", "#6a737d", "#d5d9de", "#0b5fa5", "#b04a00"
_FONT = "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"
_WAIST = 12.0  # half the height over which a passing step runs straight
_DASHES = {"supported": "", "implied": "6 4", "disputed": "9 3 2 3"}
_FILLS = {
    "cell": "#e8eef5",
    "drug": "#fbeee3",
    "process": "#f1f2f4",
    "vesicle": "#ffffff",
    "organelle": "#ffffff",
}
Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]


def draw_pathway(layout: Layout, steps: Mapping[str, StepLine]) -> str:
    """Draw a pathway.

    Parameters
    ----------
    layout
        Where everything goes.
    steps
        The page's step lines by id: number, words, style. Each links to its line of the page's table.
    """
    ports = _find_ports(layout)
    width, height = layout.width, layout.height
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" font-family="{_FONT}" class="pathway">',
        "<title>Pathway</title>",
        *_draw_lanes(layout),
    ]
    curves = {route.step: _trace(route, layout, ports) for route in layout.routes}
    placed: list[Point] = []
    badges = []
    for route in layout.routes:
        step = steps[route.step]
        place = _find_place(curves[route.step], placed, layout)
        placed.append(place)
        parts.append(_draw_line(curves[route.step], step, backward=route.backward))
        badges.append(_draw_badge(place, step))
    parts += [_draw_node(spot) for spot in layout.spots.values() if spot.entity]
    return "".join([*parts, *badges, "</svg>"])


def _draw_lanes(layout: Layout) -> Iterator[str]:
    for index, (name, top, bottom) in enumerate(layout.lanes):
        fill = "#ffffff" if index % 2 else "#f6f7f9"
        size = f'width="{layout.width:.1f}" height="{bottom - top:.1f}"'
        yield f'<rect x="0" y="{top:.1f}" {size} fill="{fill}"/>'
        for line, word in enumerate(name.split()):
            look = f'font-size="11.5" fill="{GREY}" font-weight="600"'
            yield f'<text x="12" y="{top + 22 + 14 * line:.1f}" {look}>{escape(word)}</text>'


def _find_ports(layout: Layout) -> dict[tuple[str, str, str], float]:
    """Place at which each route meets each node.

    Ends on a side are spread in the order of where they lead.
    """
    ends: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for route in layout.routes:
        chain = [layout.spots[key] for key in route.spots]
        same = chain[0].row == chain[-1].row
        ends.setdefault((chain[0].key, "below"), []).append((chain[1].x, route.step))
        ends.setdefault((chain[-1].key, "below" if same else "above"), []).append((chain[-2].x, route.step))
    ports = {}
    for (key, side), found in ends.items():
        spot = layout.spots[key]
        room = min(spot.width - 30.0, 22.0 * (len(found) - 1))
        for index, (_, step) in enumerate(sorted(found)):
            share = index / (len(found) - 1) - 0.5 if len(found) > 1 else 0.0
            ports[key, side, step] = spot.x + room * share
    return ports


def _trace(route: Route, layout: Layout, ports: Mapping[tuple[str, str, str], float]) -> list[Curve]:
    """Return the curves of a route from top to bottom.

    One between each two rows, straight through a waypoint's row.
    """
    chain = [layout.spots[key] for key in route.spots]
    first, last = chain[0], chain[-1]
    if first.row == last.row:
        start = (ports[first.key, "below", route.step], first.y + first.height / 2)
        end = (ports[last.key, "below", route.step], last.y + last.height / 2)
        low = max(start[1], end[1]) + 30
        return [(start, (start[0], low), (end[0], low), end)]
    curves: list[Curve] = []
    for one, two in pairwise(chain):
        x1 = ports[one.key, "below", route.step] if one is first else one.x
        x2 = ports[two.key, "above", route.step] if two is last else two.x
        start, end = (x1, one.y + (one.height / 2 or _WAIST)), (x2, two.y - (two.height / 2 or _WAIST))
        if one.entity is None:
            above = (x1, one.y - _WAIST)
            curves.append((above, above, start, start))
        reach = (end[1] - start[1]) * 0.55
        curves.append((start, (x1, start[1] + reach), (x2, end[1] - reach), end))
    return curves


def _at(curve: Curve, t: float) -> Point:
    a, b, c, d = curve
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x = sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True))
    return x, sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True))


def _find_place(curves: list[Curve], placed: list[Point], layout: Layout) -> Point:
    """Return the point of a route where its number collides least with other numbers and with nodes."""
    bends = [curve for curve in curves if curve[0] != curve[1]] or curves
    tries = [_at(curve, t) for t in (0.5, 0.4, 0.6, 0.3, 0.7) for curve in bends]
    tries += [_at(curve, t) for curve in curves for t in (0.2, 0.35, 0.65, 0.8)]

    def crowding(point: Point) -> float:
        near = sum(max(0.0, 24.0 - _distance(point, other)) for other in placed)
        return near + 50.0 * any(_is_on(point, spot) for spot in layout.spots.values() if spot.entity)

    return min(tries, key=crowding)


def _distance(one: Point, two: Point) -> float:
    return float(((one[0] - two[0]) ** 2 + (one[1] - two[1]) ** 2) ** 0.5)


def _is_on(point: Point, spot: Spot) -> bool:
    return abs(point[0] - spot.x) < spot.width / 2 + 10 and abs(point[1] - spot.y) < spot.height / 2 + 10


def _draw_line(curves: list[Curve], step: StepLine, *, backward: bool) -> str:
    colour = {"supported": INK, "implied": GREY, "disputed": ORANGE}[step.style]
    path = f"M{curves[0][0][0]:.1f} {curves[0][0][1]:.1f}"
    for _, b, c, d in curves:
        path += f"C{b[0]:.1f} {b[1]:.1f} {c[0]:.1f} {c[1]:.1f} {d[0]:.1f} {d[1]:.1f}"
    tip = curves[0][0] if backward else curves[-1][3]
    returns = len(curves) == 1 and curves[0][1][1] == curves[0][2][1]
    way = 1.0 if backward or returns else -1.0  # from the node outwards
    x, y = tip
    if step.effect == "increases":
        head = f'<path d="M{x:.1f} {y:.1f}l-4.5 {9 * way:.1f}h9z" fill="{colour}"/>'
    else:
        look = f'stroke="{colour}" stroke-width="2.6" fill="none"'
        head = f'<path d="M{x - 6.5:.1f} {y + 2.5 * way:.1f}h13" {look}/>'
    dash = f' stroke-dasharray="{_DASHES[step.style]}"' if _DASHES[step.style] else ""
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.5"{dash}/>{head}'


def _draw_badge(place: Point, step: StepLine) -> str:
    x, y = place
    colour = ORANGE if step.style == "disputed" else BLUE
    words = escape(f"Step {step.number}: {step.source} {step.relation} {step.target} ({step.style})")
    mark = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9.5" fill="#fff" stroke="{colour}"/>'
        f'<text x="{x:.1f}" y="{y + 3.8:.1f}" text-anchor="middle" font-size="10.5" font-weight="600" '
        f'fill="{colour}">{step.number}</text>'
    )
    return f'<a href="#step-{escape(step.id)}" aria-label="{words}"><title>{words}</title>{mark}</a>'


def _draw_node(spot: Spot) -> str:
    assert spot.entity is not None
    kind = spot.entity.kind
    x, y = spot.x - spot.width / 2, spot.y - spot.height / 2
    radius = {
        "cell": 14.0,
        "drug": spot.height / 2,
        "vesicle": spot.height / 2,
        "organelle": spot.height / 2,
        "process": 0.0,
    }.get(kind, 4.0)
    stroke = ORANGE if kind == "drug" else INK
    weight = 1.8 if kind == "cell" else 1.0
    dash = ' stroke-dasharray="3 2"' if kind == "rna" else ""
    box = (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{spot.width:.1f}" height="{spot.height:.1f}" '
        f'rx="{radius:.1f}" fill="{_FILLS.get(kind, "#fff")}" stroke="{stroke}" '
        f'stroke-width="{weight}"{dash}/>'
    )
    top = spot.y - LINE * (len(spot.lines) - 1) / 2 + 4.2
    lines = "".join(
        f'<text x="{spot.x:.1f}" y="{top + LINE * index:.1f}" text-anchor="middle" font-size="12.5" '
        f'fill="{INK}">{escape(line)}</text>'
        for index, line in enumerate(spot.lines)
    )
    return f"<g><title>{escape(f'{spot.entity.label} ({kind})')}</title>{box}{lines}</g>"
