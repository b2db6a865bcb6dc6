// How uPlot draws a picture: axes, layers, hatching, brush. Everything that the page changes while
// the chart stands is read through `Frame`.
import uPlot from 'uplot';
import { canvas_colour, hatch, with_alpha } from './canvas_colours';
import type { Gap } from '../lib/series';
import type { Picture } from './layers';

export interface Frame {
  readonly range: { from: number; to: number };
  readonly gaps: readonly Gap[];
  value_text(value: number): string;
  moved(index: number | undefined): void;
  chosen(from: number, to: number): void;
}

// A step whose every moment lies in a gap and that holds nothing is unknown, not zero.
function unknown_steps(
  picture: Picture,
  times: readonly number[],
  step_ms: number,
  gaps: readonly Gap[],
): boolean[] {
  if (gaps.length === 0) return [];
  return times.map(
    (time, index) =>
      gaps.some((gap) => gap.from <= time && time + step_ms <= gap.to) &&
      picture.layers.every((layer) => layer.ghost || !layer.values[index]),
  );
}

// Steps are drawn as steps: the last one ends where the range ends.
export function plot_data(
  picture: Picture,
  times: readonly number[],
  step_ms: number,
  range: { to: number },
  gaps: readonly Gap[],
): uPlot.AlignedData {
  const unknown = unknown_steps(picture, times, step_ms, gaps);
  const end = Math.min((times.at(-1) ?? 0) + step_ms, range.to);
  return [
    [...times, end].map((time) => time / 1000),
    ...picture.layers.map(({ drawn, ghost }) => {
      const values = drawn.map((value, index) => (unknown[index] && !ghost ? null : value));
      return [...values, values.at(-1) ?? null];
    }),
  ];
}

// Where a pixel holds several steps their corners cannot be seen: a line of the least and the most in
// each pixel looks the same and does not grow with the steps.
const kStepsPerPixel = 4; // from so many on uPlot draws a line so
function path_of(): uPlot.Series.PathBuilder | undefined {
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const linear = uPlot.paths.linear?.();
  if (!stepped || !linear) return undefined;
  return (plot, series, first, last) => {
    const dense = last - first >= kStepsPerPixel * plot.bbox.width;
    return (dense ? linear : stepped)(plot, series, first, last);
  };
}

function series_of(host: HTMLElement, picture: Picture): uPlot.Series[] {
  const paths = path_of();
  return picture.layers.map((layer) => {
    const stroke = canvas_colour(layer.colour, host);
    return {
      label: layer.name,
      stroke: layer.ghost ? with_alpha(stroke, 0.7) : stroke,
      width: layer.fill ? 0 : 1.5,
      points: { show: false },
      ...(paths ? { paths } : {}),
      ...(layer.fill ? { fill: with_alpha(stroke, 0.8) } : {}),
      ...(layer.ghost ? { dash: [4, 4] } : {}),
    };
  });
}

// What rounds to the label below it (where there is hardly any traffic) is not written twice.
function value_labels(splits: readonly number[], frame: Frame): string[] {
  const texts = splits.map((value) => frame.value_text(Math.abs(value)));
  return texts.map((text, index) => (text === texts[index - 1] ? '' : text));
}

function axes(host: HTMLElement, frame: Frame): uPlot.Axis[] {
  const ink = canvas_colour('var(--ink-soft)', host);
  const line = canvas_colour('var(--line)', host);
  const font = '11px system-ui, sans-serif';
  const grid = { stroke: line, width: 1 };
  const ticks = { stroke: line, width: 1, size: 4 };
  return [
    { stroke: ink, font, grid: { show: false }, ticks, size: 38, space: 70, values: kTimeLabels },
    {
      stroke: ink,
      font,
      grid,
      ticks: { show: false },
      size: 76,
      space: 34,
      values: (_, splits) => value_labels(splits, frame),
    },
  ];
}

// Smallest unit first: step, format, and what is added where the year, day, … changes.
const kTimeLabels: uPlot.Axis.Values = [
  [86400 * 28, '{MMM} {YYYY}', null, null, null, null, null, null, 1],
  [86400, '{DD} {MMM}', null, null, null, null, null, null, 1],
  [3600, '{HH}:{mm}', null, null, '\n{DD} {MMM}', null, null, null, 1],
  [60, '{HH}:{mm}', null, null, '\n{DD} {MMM}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', null, null, '\n{DD} {MMM}', null, null, null, 1],
];

// Zero, where something may lie below it.
function draw_zero(plot: uPlot, ink: string): void {
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(0, 'y', true)) + 0.5;
  ctx.save();
  ctx.strokeStyle = ink;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

function draw_gaps(plot: uPlot, frame: Frame, ink: string): void {
  if (frame.gaps.length === 0) return;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = hatch(ctx, ink);
  for (const gap of frame.gaps) {
    const left = plot.valToPos(gap.from / 1000, 'x', true);
    const right = plot.valToPos(gap.to / 1000, 'x', true);
    ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height);
  }
  ctx.restore();
}

// Zero is always in the picture, and there is a picture without any traffic as well.
function value_range(low: number | null, high: number | null): [number, number] {
  const top = Math.max(0, high ?? 0);
  const bottom = Math.min(0, low ?? 0);
  if (top === 0 && bottom === 0) return [0, 1];
  const air = (top - bottom) * 0.06;
  return [bottom < 0 ? bottom - air : 0, top > 0 ? top + air : 0];
}

function take_selection(plot: uPlot, frame: Frame): void {
  const { left, width } = plot.select;
  if (width < 4) return;
  const from = plot.posToVal(left, 'x') * 1000;
  const to = plot.posToVal(left + width, 'x') * 1000;
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  frame.chosen(from, to);
}

// uPlot listens to the mouse alone. A finger that moves sideways brushes as a mouse does; up and
// down still scrolls the page.
function follow_touch(plot: uPlot): void {
  const { over } = plot;
  const as_mouse = (kind: string) => (event: TouchEvent) => {
    const touch = event.touches[0] ?? event.changedTouches[0];
    if (!touch || event.touches.length > 1) return;
    const { clientX, clientY } = touch;
    over.dispatchEvent(new MouseEvent(kind, { clientX, clientY, button: 0, bubbles: true }));
  };
  over.addEventListener('touchstart', as_mouse('mousedown'), { passive: true });
  over.addEventListener('touchmove', as_mouse('mousemove'), { passive: true });
  over.addEventListener('touchend', as_mouse('mouseup'), { passive: true });
}

export function plot_options(
  host: HTMLElement,
  picture: Picture,
  frame: Frame,
  size: { width: number; height: number },
): uPlot.Options {
  const hatch_ink = canvas_colour('color-mix(in srgb, var(--line-strong) 50%, var(--sheet))', host);
  return {
    ...size,
    legend: { show: false },
    padding: [6, 10, 0, 0],
    scales: {
      x: { time: true, range: () => [frame.range.from / 1000, frame.range.to / 1000] },
      y: { range: (_, low, high) => value_range(low, high) },
    },
    axes: axes(host, frame),
    series: [{}, ...series_of(host, picture)],
    bands: picture.bands.map(([upper, lower]) => ({ series: [upper + 1, lower + 1] })),
    cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { show: false } },
    hooks: {
      init: [follow_touch],
      drawAxes: [(plot) => draw_gaps(plot, frame, hatch_ink)],
      draw: [(plot) => draw_zero(plot, hatch_ink)],
      setCursor: [
        (plot) => {
          const { left, idx } = plot.cursor;
          if (left === undefined || left < 0) {
            frame.moved(undefined);
            return;
          }
          const at = plot.posToVal(left, 'x');
          // The step that holds the moment, not the nearest beginning of one.
          const index = idx ?? 0;
          frame.moved((plot.data[0][index] ?? 0) > at ? index - 1 : index);
        },
      ],
      setSelect: [(plot) => take_selection(plot, frame)],
    },
  };
}
