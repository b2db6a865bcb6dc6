// Time charts with more points than any page draws, for tests/bench/pages.js, which calls `chart`.
import { flushSync, mount, unmount } from 'svelte';
import '../src/style/base.css';
import TimeChart from '../src/charts/TimeChart.svelte';
import { line_picture, stacked_picture } from '../src/charts/layers';
import { colours_of } from '../src/lib/colour';
import { Seeded } from '../src/lib/seeded';

const kStepMs = 1000;
const kTurns = 20;

// Milliseconds from doing it until the browser has painted what came of it.
async function painted(done: () => void): Promise<number> {
  const begin = performance.now();
  done();
  flushSync();
  await new Promise((drawn) => requestAnimationFrame(drawn));
  await new Promise((after) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = after;
    channel.port2.postMessage(0);
  });
  return performance.now() - begin;
}

function picture_of(layers: number, points: number) {
  const random = new Seeded(layers * points);
  const names = Array.from({ length: layers }, (_, index) => `host ${index}`);
  const colours = colours_of(names);
  const parts = names.map((name, index) => ({
    name,
    colour: colours[index] ?? '',
    values: Array.from({ length: points }, () => 1000 + random.below(1000)),
  }));
  return layers === 1 ? line_picture(parts) : stacked_picture(parts);
}

async function chart(layers: number, points: number) {
  const whole = { from: 0, to: points * kStepMs };
  // Raw: a proxy around every number would be what is measured.
  let range = $state.raw(whole);
  const props = {
    label: 'bench',
    picture: picture_of(layers, points),
    times: Array.from({ length: points }, (_, index) => index * kStepMs),
    step_ms: kStepMs,
    get range() {
      return range;
    },
    height: 500,
    value_text: (value: number) => value.toFixed(0),
  };
  const target = document.querySelector('#chart') ?? document.body;
  let made: ReturnType<typeof mount> | undefined;
  const draw = await painted(() => (made = mount(TimeChart, { target, props })));
  const over = target.querySelector('.u-over');
  const hover: number[] = [];
  const zoom: number[] = [];
  for (let turn = 0; turn < kTurns; ++turn) {
    const clientX = 120 + turn * 40;
    const moved = new MouseEvent('mousemove', { clientX, clientY: 200, bubbles: true });
    hover.push(await painted(() => over?.dispatchEvent(moved)));
    const length = whole.to / (2 + turn);
    zoom.push(await painted(() => (range = { from: length / 2, to: length * 1.5 })));
  }
  if (made) await unmount(made);
  return { draw, hover, zoom };
}

Object.assign(window, { chart });
