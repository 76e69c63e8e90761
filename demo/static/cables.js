// The cables from central to every cabinet: whole, or pulled with the plug hanging.

const SVG = "http://www.w3.org/2000/svg";

export function drawCables(svg, stage, central, cabinets, alive) {
  const origin = stage.getBoundingClientRect();
  const from = central.getBoundingClientRect();
  const x0 = (x) => x - origin.left + stage.scrollLeft;
  const y0 = (y) => y - origin.top + stage.scrollTop;
  svg.style.width = `${stage.scrollWidth}px`;
  svg.style.height = `${stage.scrollHeight}px`;
  const ends = cabinets.map(({ node, network }) => ({ to: node.querySelector(".case").getBoundingClientRect(), network }));
  const firstRow = ends.filter(({ to }) => Math.abs(to.top - ends[0].to.top) < 5);
  const parts = ends.flatMap((end) => {
    const { to, network } = end;
    if (!firstRow.includes(end)) return stub(x0(to.left + to.width / 2), y0(to.top), network, alive);
    const share = (firstRow.indexOf(end) + 1) / (firstRow.length + 1);
    const a = [x0(from.left + from.width * share), y0(from.bottom)];
    const b = [x0(to.left + to.width / 2), y0(to.top)];
    const middle = (a[1] + b[1]) / 2;
    const whole = `M${a} C${a[0]},${middle + 18} ${b[0]},${middle - 18} ${b}`;
    if (network) return [path(whole, alive ? "" : "dead")];
    const hang = [a[0] + (b[0] - a[0]) * 0.42, a[1] + (b[1] - a[1]) * 0.45];
    return [
      path(`M${a} C${a[0]},${hang[1]} ${hang[0] + 26},${hang[1] - 14} ${hang}`, "dead"),
      path(`M${b} C${b[0]},${b[1] - 26} ${b[0]},${b[1] - 34} ${b[0] + 20},${b[1] - 36}`, "dead"),
      plug(hang),
    ];
  });
  svg.replaceChildren(...parts);
}

/** Further rows show the last bit of their cable only: whole lines would run across the rows above. */
function stub(x, y, network, alive) {
  if (network) return [path(`M${x},${y - 20} V${y}`, alive ? "" : "dead")];
  return [path(`M${x},${y} C${x},${y - 8} ${x + 4},${y - 10} ${x + 16},${y - 10}`, "dead")];
}

function path(d, kind) {
  const node = document.createElementNS(SVG, "path");
  node.setAttribute("d", d);
  node.setAttribute("class", kind);
  return node;
}

function plug([x, y]) {
  const group = document.createElementNS(SVG, "g");
  group.setAttribute("transform", `translate(${x} ${y}) rotate(40)`);
  const body = document.createElementNS(SVG, "path");
  body.setAttribute("class", "plug");
  body.setAttribute("d", "M-9,-10h18v12a9,9 0 0 1 -18,0z M-5,-10v-7h3v7z M2,-10v-7h3v7z");
  body.setAttribute("transform", "rotate(180)");
  group.append(body);
  return group;
}
