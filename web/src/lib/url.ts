// The URL is the state: everything a page shows follows from it, and each state has one URL.
//   /<page>[/<tab>|/<id>]?t=<range>&f=<filter>&src=&m=&by=&sort=&view=&vs=
// Defaults are left out, the order is fixed, unknown parameters are kept, and only what must be is
// percent-encoded. This grammar is a contract: links outlive versions.
import { parse_range, range_text, type TimeRange } from './time_range';

export const kSystemTabs = ['setup', 'exporters', 'interfaces', 'names'] as const;
export type SystemTab = (typeof kSystemTabs)[number];

export type Place =
  | { page: 'overview' | 'hosts' | 'apps' | 'usage' | 'sites' }
  | { page: 'host'; id: string }
  | { page: 'sessions'; tab: 'active' | 'recent' }
  | { page: 'explore'; tab: 'chart' | 'flows' }
  | { page: 'system'; tab: SystemTab }
  | { page: 'unknown'; path: string };

export const kMetrics = ['bytes', 'packets', 'flows'] as const;
export type Metric = (typeof kMetrics)[number];
export const kShapes = [
  'stacked',
  'lines',
  'table',
  'local',
  'internet',
  'all',
  'both',
  'in',
  'out',
] as const;
export type Shape = (typeof kShapes)[number];
export const kCompares = ['none', 'previous', 'week'] as const;
export type Compare = (typeof kCompares)[number];

export interface Sort {
  column: string;
  falling: boolean;
}
// What is looked through: an exporter, perhaps one of its interfaces. Undefined: all.
export interface Source {
  exporter: string;
  interface?: number;
}

export interface View {
  place: Place;
  t: TimeRange;
  f: string;
  src: Source | undefined;
  m: Metric;
  by: string[];
  sort: Sort[];
  view: Shape;
  vs: Compare;
  others: [string, string][]; // parameters that this version does not know
}

type Settings = Omit<View, 'place'>;

const kDay: TimeRange = { kind: 'last', ago: { count: 24, unit: 'h' } };
const kPlain: Settings = {
  t: kDay,
  f: '',
  src: undefined,
  m: 'bytes',
  by: [],
  sort: [],
  view: 'stacked',
  vs: 'none',
  others: [],
};

export function defaults_of(place: Place): Settings {
  switch (place.page) {
    case 'explore':
      return { ...kPlain, by: ['app'] };
    case 'hosts':
      return { ...kPlain, view: 'local' };
    case 'apps':
      return { ...kPlain, view: 'both' };
    case 'usage':
      return { ...kPlain, t: { kind: 'named', name: 'month' }, by: ['day'], view: 'both' };
    case 'sessions':
      return { ...kPlain, t: { kind: 'last', ago: { count: 1, unit: 'h' } } };
    default:
      return kPlain;
  }
}

export function view_at(place: Place, changes: Partial<Settings> = {}): View {
  return { place, ...defaults_of(place), ...changes };
}

// ---- writing

// RFC 3986's characters of a query without & + % (they mean something here) and ' (browsers
// encode it); a space is a plus sign.
function encode(text: string): string {
  const safe = /[A-Za-z0-9\-._~!$()*,;=:@/?]/;
  let written = '';
  for (const letter of text.toWellFormed()) {
    if (safe.test(letter)) written += letter;
    else if (letter === ' ') written += '+';
    else if (letter === "'") written += '%27';
    else if (/[\u0021-\u007e]/.test(letter)) written += percent(letter);
    else written += encodeURIComponent(letter);
  }
  return written;
}

function percent(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function encode_segment(text: string): string {
  return encode(text).replaceAll('+', '%20').replaceAll('/', '%2F').replaceAll('?', '%3F');
}

export function path_of(place: Place): string {
  switch (place.page) {
    case 'overview':
      return '/';
    case 'hosts':
      return '/hosts';
    case 'apps':
      return '/hosts/apps';
    case 'usage':
      return '/hosts/usage';
    case 'sites':
      return '/traffic/sites';
    case 'host':
      return `/hosts/${encode_segment(place.id)}`;
    case 'sessions':
      return place.tab === 'active' ? '/sessions' : '/sessions/recent';
    case 'explore':
      return place.tab === 'chart' ? '/explore' : '/explore/flows';
    case 'system':
      return `/system/${place.tab}`;
    case 'unknown':
      return place.path;
  }
}

function source_text(source: Source | undefined): string {
  if (!source) return '';
  return source.interface === undefined
    ? source.exporter
    : `${source.exporter}/${source.interface}`;
}

function sort_text(sort: Sort[]): string {
  return sort.map((each) => (each.falling ? `-${each.column}` : each.column)).join(',');
}

function texts_of(view: Settings): [string, string][] {
  return [
    ['t', range_text(view.t)],
    ['f', view.f.toWellFormed()],
    ['src', source_text(view.src)],
    ['m', view.m],
    ['by', view.by.join(',')],
    ['sort', sort_text(view.sort)],
    ['view', view.view],
    ['vs', view.vs],
  ];
}

// Path and query, relative to the base path.
export function url_of(view: View): string {
  return path_of(view.place) + query_of(view);
}

// The same view's rows as a file: the page's path with a suffix.
export type FileFormat = 'csv' | 'json';
export function file_of(view: View, format: FileFormat): string {
  const path = view.place.page === 'overview' ? '/overview' : path_of(view.place);
  return `${path}.${format}${query_of(view)}`;
}

function query_of(view: View): string {
  const usual = new Map(texts_of(defaults_of(view.place)));
  const parameters = texts_of(view).filter(([name, text]) => text !== usual.get(name));
  const query = [...parameters, ...view.others]
    .map(([name, text]) => `${encode(name).replaceAll('=', '%3D')}=${encode(text)}`)
    .join('&');
  return query ? `?${query}` : '';
}

// ---- reading

// Never fails: a percent sign that encodes nothing stands for itself.
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function place_of(path: string): Place {
  const [page = '', rest, ...more] = path.replace(/^\/+|\/+$/g, '').split('/');
  const unknown: Place = { page: 'unknown', path };
  if (more.length > 0) return unknown;
  switch (page) {
    case '':
      return { page: 'overview' };
    case 'hosts':
      if (rest === undefined || rest === 'top') return { page: 'hosts' };
      if (rest === 'apps' || rest === 'usage') return { page: rest };
      return { page: 'host', id: decode(rest) };
    case 'sessions':
      if (rest === undefined || rest === 'active') return { page, tab: 'active' };
      return rest === 'recent' ? { page, tab: rest } : unknown;
    case 'explore':
      if (rest === undefined || rest === 'chart') return { page, tab: 'chart' };
      return rest === 'flows' ? { page, tab: rest } : unknown;
    case 'traffic':
      return rest === 'sites' ? { page: rest } : unknown;
    case 'system': {
      const tab = one_of(kSystemTabs, rest ?? 'setup');
      return tab ? { page, tab } : unknown;
    }
    default:
      return unknown;
  }
}

function parse_source(text: string): Source | undefined {
  const slash = text.lastIndexOf('/');
  const number = slash < 0 ? NaN : Number(text.slice(slash + 1));
  if (Number.isInteger(number) && number >= 0) {
    return { exporter: text.slice(0, slash), interface: number };
  }
  return text && slash < 0 ? { exporter: text } : undefined;
}

const kName = /^[a-z][a-z0-9_]*$/;

function parse_names(text: string): string[] {
  return [...new Set(text.split(',').filter((name) => kName.test(name)))];
}

function parse_sort(text: string): Sort[] {
  return text
    .split(',')
    .map((part) => ({ column: part.replace(/^-/, ''), falling: part.startsWith('-') }))
    .filter((sort) => kName.test(sort.column));
}

function one_of<Value extends string>(all: readonly Value[], text: string): Value | undefined {
  return all.find((value) => value === text);
}

// Takes one parameter into `view`; false: this version does not know it.
function take(view: View, name: string, text: string): boolean {
  const usual = defaults_of(view.place);
  switch (name) {
    case 't':
      view.t = parse_range(text) ?? usual.t;
      return true;
    case 'f':
      view.f = text;
      return true;
    case 'src':
      view.src = parse_source(text);
      return true;
    case 'm':
      view.m = one_of(kMetrics, text) ?? usual.m;
      return true;
    case 'by':
      view.by = parse_names(text);
      return true;
    case 'sort':
      view.sort = parse_sort(text);
      return true;
    case 'view':
      view.view = one_of(kShapes, text) ?? usual.view;
      return true;
    case 'vs':
      view.vs = one_of(kCompares, text) ?? usual.vs;
      return true;
    default:
      return false;
  }
}

export function parse_url(url: string): View {
  const [path = '', query = ''] = url.replace(/#.*$/s, '').split(/\?(.*)/s);
  const view = view_at(place_of(path), { others: [] });
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const [name = '', text = ''] = pair
      .split(/=(.*)/s)
      .map((part) => decode(part.replaceAll('+', ' ')));
    if (!take(view, name, text)) view.others.push([name, text]);
  }
  return view;
}
