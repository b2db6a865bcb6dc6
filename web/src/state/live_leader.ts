// One event stream per browser, however many tabs: one tab holds it and tells the others. (Browsers
// allow six connections per server; a seventh tab would wait for ever.) Web Locks would do this in
// a few lines, but exist on HTTPS and localhost only.
//
// A tab that begins asks whether another holds it, and opens one when none answers. Each message of
// the holder is also its sign of life: a tab that hears none for kSilenceMs takes the stream over;
// where two do, the lower id keeps it. A hidden tab lets go.

export const kSilenceMs = 3_000;
export const kAnswerMs = 200;

export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
}
export interface Stream {
  close(): void;
}
type Message =
  | { from: string; kind: 'event'; event: string }
  | { from: string; kind: 'asking' | 'holding' | 'left' };

function read(message: unknown): Message | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { from, kind, event } = message as Record<string, unknown>;
  if (typeof from !== 'string') return undefined;
  if (kind === 'asking' || kind === 'holding' || kind === 'left') return { from, kind };
  return kind === 'event' && typeof event === 'string' ? { from, kind, event } : undefined;
}

export class LiveLeader {
  private stream: Stream | undefined;
  private heard = -Infinity;
  private asked_at: number | undefined;
  private wanted = false;

  constructor(
    private readonly id: string,
    private readonly channel: Channel,
    private readonly open: (deliver: (event: string) => void) => Stream,
    private readonly deliver: (event: string) => void,
  ) {
    channel.onmessage = ({ data }) => this.hear(read(data));
  }

  get holds_stream(): boolean {
    return this.stream !== undefined;
  }

  // Called when the tab is shown or hidden.
  want(wanted: boolean): void {
    this.wanted = wanted;
    if (wanted) return;
    this.asked_at = undefined;
    this.let_go(true);
  }

  // Called about once a second, and kAnswerMs after the first time.
  tick(now: number): void {
    this.now = now;
    if (!this.wanted || this.stream) return;
    if (this.asked_at === undefined) {
      this.asked_at = now;
      this.channel.postMessage({ from: this.id, kind: 'asking' });
    }
    if (now - this.asked_at < kAnswerMs || now - this.heard < kSilenceMs) return;
    this.stream = this.open((event) => {
      this.channel.postMessage({ from: this.id, kind: 'event', event });
      this.deliver(event);
    });
  }

  private now = 0;

  private hear(message: Message | undefined): void {
    if (!message) return;
    if (message.kind === 'asking') {
      if (this.stream) this.channel.postMessage({ from: this.id, kind: 'holding' });
      return;
    }
    if (message.kind === 'left') {
      this.heard = -Infinity;
      return;
    }
    if (this.stream && message.from > this.id) return; // that one will hear us and let go
    this.let_go(false);
    this.heard = this.now;
    if (this.wanted && message.kind === 'event') this.deliver(message.event);
  }

  private let_go(tell: boolean): void {
    if (!this.stream) return;
    this.stream.close();
    this.stream = undefined;
    if (tell) this.channel.postMessage({ from: this.id, kind: 'left' });
  }
}
