// The one place that talks to the server. Paths and bodies are typed by the server's own OpenAPI
// document (schema.d.ts is generated from it).
import createClient from 'openapi-fetch';
import { text } from '../lib/i18n/text';
import type { components, paths } from './schema';

export type Schema = components['schemas'];
// A row has the columns that were asked for; the schema lists all there are.
export type Row = Record<string, string | number | boolean>;
export type Answer = Omit<Schema['Query'], 'rows'> & { rows: Row[] };
export type ColumnName = keyof Schema['Row'];
export type Exporter = Schema['Exporter'];
export type Diagnosis = Schema['Diagnosis'];
export type Session = Schema['Session'];
export type Conversation = Schema['Conversation'];

// Below which path the server answers: "" or "/weir", from the page's <base>.
export const base_path = new URL(document.baseURI).pathname.replace(/\/$/, '');

export const api = createClient<paths, 'application/json'>({ baseUrl: base_path });

// Every change carries the session's csrf value.
let csrf = '';
export function set_csrf(value: string): void {
  csrf = value;
}
api.use({
  onRequest({ request }) {
    if (request.method !== 'GET' && csrf) request.headers.set('X-Weir-CSRF', csrf);
    return request;
  },
});

export type Trouble =
  | { kind: 'refused'; status: number; what: string; hint: string; where: string }
  | { kind: 'away' } // no answer at all
  | { kind: 'cancelled' };

// What a person is told of a change that did not come about.
export function problem_text(trouble: Trouble): string {
  return trouble.kind === 'refused'
    ? [trouble.what, trouble.hint].filter(Boolean).join('. ')
    : text('query.away');
}

export type Outcome<Value> = { ok: true; value: Value } | { ok: false; trouble: Trouble };

interface FetchResult<Value> {
  data?: Value;
  error?: { error?: { what: string; hint?: string; where?: string } } | undefined;
  response: Response;
}

// What came of a request, without exceptions.
export async function outcome<Value>(
  request: Promise<FetchResult<Value>>,
): Promise<Outcome<Value>> {
  try {
    const { data, error, response } = await request;
    if (response.ok) return { ok: true, value: data as Value };
    const { what = response.statusText, hint = '', where = '' } = error?.error ?? {};
    if (response.status === 502 || response.status === 504) return away();
    return { ok: false, trouble: { kind: 'refused', status: response.status, what, hint, where } };
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') {
      return { ok: false, trouble: { kind: 'cancelled' } };
    }
    return away();
  }
}

function away(): { ok: false; trouble: Trouble } {
  return { ok: false, trouble: { kind: 'away' } };
}
