// A question to the server and what is known of its answer. The last answer stays while the next
// is on its way; a question that nobody waits for any more is cancelled.
import { untrack } from 'svelte';
import type { Outcome, Trouble } from '../api/client';
import { live, server_heard, server_silent } from './live.svelte';
import { forget } from './session.svelte';

export interface Question<Value> {
  key: string; // equal keys have equal answers
  ask: (signal: AbortSignal) => Promise<Outcome<Value>>;
  every_ms: number; // how often to ask again while new data comes; 0: never
  always?: boolean; // its answer changes without new data too
  is_empty?: (value: Value) => boolean; // what is empty is asked for again at once
}

const kEmptyMs = 1000;

// Answers of this tab's last questions, so that going back shows them at once.
const kRemembered = 60;
const remembered = new Map<string, unknown>();

function remember(key: string, value: unknown): void {
  remembered.delete(key);
  remembered.set(key, value);
  for (const oldest of remembered.keys()) {
    if (remembered.size <= kRemembered) break;
    remembered.delete(oldest);
  }
}

export class Query<Value> {
  value = $state.raw<Value | undefined>();
  trouble = $state.raw<Trouble | undefined>();
  // Since when the present question runs; 0: none runs.
  asked_at = $state(0);
  // The value answers an earlier question.
  stale = $state(false);

  private question: Question<Value> | undefined;
  private abort: AbortController | undefined;
  private answered_at = 0;
  private beat = live.beat;
  private news = false; // came since the present answer was asked for
  private timer: ReturnType<typeof setTimeout> | undefined;

  start(question: Question<Value>): void {
    if (this.question?.key === question.key) return;
    this.stop();
    this.question = question;
    this.trouble = undefined;
    const known = remembered.get(question.key) as Value | undefined;
    if (known !== undefined) this.value = known;
    this.stale = known === undefined && this.value !== undefined;
    this.answered_at = 0;
    void this.run();
  }

  // There is something new when `beat` is a new one: it is asked for as soon as that is due.
  refresh(beat: number): void {
    if (beat === this.beat) return;
    this.beat = beat;
    this.news = true;
    this.ask_when_due();
  }

  private ask_when_due(): void {
    clearTimeout(this.timer);
    const every_ms = this.question?.every_ms ?? 0;
    if (!(this.news || this.question?.always) || this.asked_at || every_ms === 0) return;
    if (this.trouble?.kind === 'cancelled' || !live.watched) return;
    const empty = this.value !== undefined && this.question?.is_empty?.(this.value) === true;
    const pause = this.trouble?.kind === 'away' || empty ? kEmptyMs : every_ms;
    const wait = this.answered_at + pause - Date.now();
    if (wait <= 0) void this.run();
    else this.timer = setTimeout(() => this.ask_when_due(), wait);
  }

  again(): void {
    this.abort?.abort(); // what is under way may not know of what was changed
    void this.run();
  }

  // The person gives up on the present question.
  cancel(): void {
    this.abort?.abort();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.abort?.abort();
    this.abort = undefined;
    this.asked_at = 0;
    this.question = undefined;
  }

  private async run(): Promise<void> {
    const question = this.question;
    if (!question) return;
    const abort = new AbortController();
    this.abort = abort;
    this.news = false;
    this.asked_at = Date.now();
    const came = await question.ask(abort.signal);
    if (this.abort !== abort) return; // another question is asked by now
    this.asked_at = 0;
    this.answered_at = Date.now();
    if (came.ok) this.take(question.key, came.value);
    else this.fail(came.trouble);
    this.ask_when_due();
  }

  private take(key: string, value: Value): void {
    server_heard();
    remember(key, value);
    this.value = value;
    this.stale = false;
    this.trouble = undefined;
  }

  private fail(trouble: Trouble): void {
    this.trouble = trouble;
    if (trouble.kind === 'away') server_silent();
    if (trouble.kind === 'refused' && trouble.status === 401) forget();
  }
}

// To be called while a component is made. `make` gives the question for the present state, or
// undefined for none; it is asked anew whenever that changes.
export function use_query<Value>(make: () => Question<Value> | undefined): Query<Value> {
  const query = new Query<Value>();
  $effect(() => {
    const question = make();
    untrack(() => (question ? query.start(question) : query.stop()));
  });
  $effect(() => {
    const beat = live.beat;
    untrack(() => query.refresh(beat));
  });
  $effect(() => () => query.stop());
  return query;
}
