// The pulse of a live page: a number that grows whenever the server has something new to tell.
// Nothing happens while the tab is hidden or the person has paused it.
import { base_path } from '../api/client';
import { kAnswerMs, LiveLeader, type Stream } from './live_leader';

// What the event stream tells, about once a second.
export interface Pulse {
  flows: number; // since the server started
  datagrams: number;
}

let pulse = $state.raw<Pulse | undefined>();
let beat = $state(0);
let paused = $state(false);
let connected = $state(true);
let heard_at = $state(Date.now());
let now = $state(Date.now());

export const live = {
  get pulse(): Pulse | undefined {
    return pulse;
  },
  // Queries read this to be asked again.
  get beat(): number {
    return beat;
  },
  get paused(): boolean {
    return paused;
  },
  // Somebody looks at what changes.
  get watched(): boolean {
    return !paused && document.visibilityState === 'visible';
  },
  get connected(): boolean {
    return connected;
  },
  // When the server was last heard.
  get heard_at(): number {
    return heard_at;
  },
  // The time, to the second.
  get now(): number {
    return now;
  },
};

export function toggle_pause(): void {
  paused = !paused;
  if (!paused) ++beat; // what came meanwhile
}

// Every answer of the server is a sign of life too.
export function server_heard(): void {
  heard_at = Date.now();
  connected = true;
}
export function server_silent(): void {
  connected = false;
}

function read_pulse(event: string): Pulse | undefined {
  const told: unknown = JSON.parse(event);
  if (typeof told !== 'object' || told === null) return undefined;
  const { flows, datagrams } = told as Record<string, unknown>;
  return typeof flows === 'number' && typeof datagrams === 'number'
    ? { flows, datagrams }
    : undefined;
}

function take(event: string): void {
  const came = read_pulse(event);
  if (!came) return;
  server_heard();
  const grew = came.flows !== pulse?.flows || came.datagrams !== pulse.datagrams;
  pulse = came;
  if (grew && !paused) ++beat;
}

// The server ends a stream now and then, and the browser asks for the next; only a refusal ends it
// for good, and then it is asked for again a little later.
const kTakenForSilenceMs = 4_000;
const kRefusedWaitMs = 5_000;

function open_stream(deliver: (event: string) => void): Stream {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  function open(): void {
    source = new EventSource(`${base_path}/api/v1/events`);
    source.onmessage = ({ data }) => deliver(String(data));
    source.onerror = () => {
      if (Date.now() - heard_at > kTakenForSilenceMs) server_silent();
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, kRefusedWaitMs);
    };
  }
  open();
  return {
    close() {
      clearTimeout(timer);
      source.close();
    },
  };
}

// Once, when somebody is logged in. Gives back how to stop.
export function go_live(): () => void {
  const channel = new BroadcastChannel('weir-live');
  const id = Math.random().toString(36).slice(2).padEnd(12, '0');
  const leader = new LiveLeader(id, channel, open_stream, take);
  const look = () => {
    const visible = document.visibilityState === 'visible';
    leader.want(visible);
    if (!visible) return;
    ++beat;
    tick();
    clearTimeout(soon);
    soon = setTimeout(tick, kAnswerMs);
  };
  let soon: ReturnType<typeof setTimeout> | undefined;
  const tick = () => {
    if (document.visibilityState !== 'visible') return;
    now = Date.now();
    leader.tick(now);
    // While the server is away the pages keep asking, so that they come back by themselves.
    if (!connected && !paused) ++beat;
  };
  const timer = setInterval(tick, 1000);
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    clearInterval(timer);
    clearTimeout(soon);
    document.removeEventListener('visibilitychange', look);
    leader.want(false);
    channel.close();
  };
}
