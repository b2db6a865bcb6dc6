import { describe, expect, it } from 'vitest';
import { Seeded } from './seeded';
import { kNamedRanges, type Moment, type TimeRange } from './time_range';
import {
  defaults_of,
  file_of,
  kCompares,
  kMetrics,
  kShapes,
  kSystemTabs,
  parse_url,
  url_of,
  view_at,
  type Place,
  type View,
} from './url';

const kStates = Number(import.meta.env['WEIR_URL_STATES'] ?? 1000);
const kLetters = 'az09:/,*-()| "\'%&+#?=<>{}\\^`~@!$;._[]äß水🌊\u0000\n';

function random_moment(random: Seeded): Moment {
  switch (random.below(3)) {
    case 0:
      return {
        kind: 'ago',
        ago: { count: 1 + random.below(99), unit: random.pick(['s', 'm', 'h', 'd', 'w']) },
      };
    case 1:
      return {
        kind: 'local',
        text: random.pick(['2026-08-13T20:00', '2026-08-13T21:30:15Z', '2026-02-01']),
      };
    default:
      return { kind: 'ms', ms: 1_700_000_000_000 + random.below(2 ** 31) };
  }
}

function random_range(random: Seeded): TimeRange {
  switch (random.below(4)) {
    case 0:
      return {
        kind: 'last',
        ago: { count: 1 + random.below(999), unit: random.pick(['s', 'm', 'h', 'd', 'w']) },
      };
    case 1:
      return { kind: 'named', name: random.pick(kNamedRanges) };
    case 2:
      return { kind: 'day', text: random.pick(['2026-08-13', '2024-02-29Z']) };
    default: {
      const from = random_moment(random);
      const to: Moment =
        random.below(4) === 0 && from.kind !== 'ago' ? { kind: 'now' } : random_moment(random);
      return { kind: 'between', from, to };
    }
  }
}

function random_place(random: Seeded): Place {
  return random.pick<Place>([
    { page: 'overview' },
    { page: 'hosts' },
    { page: 'apps' },
    { page: 'usage' },
    { page: 'sites' },
    {
      page: 'host',
      id: random.pick(['10.0.0.5', '2001:db8::1', 'top/../x', `h${random.text(kLetters, 6)}`]),
    },
    { page: 'sessions', tab: random.pick(['active', 'recent']) },
    { page: 'explore', tab: random.pick(['chart', 'flows']) },
    { page: 'system', tab: random.pick(kSystemTabs) },
    { page: 'unknown', path: random.pick(['/future', '/traffic/apps', '/explore/a/b']) },
  ]);
}

function random_view(random: Seeded): View {
  const place = random_place(random);
  const usual = defaults_of(place);
  const maybe = <Value>(make: () => Value, otherwise: Value): Value =>
    random.below(2) ? make() : otherwise;
  const names = ['src', 'dst', 'app', 'in_if', 'src_as', 'host'];
  return {
    place,
    t: maybe(() => random_range(random), usual.t),
    f: maybe(() => random.text(kLetters, 40), ''),
    src: random.pick([
      undefined,
      { exporter: '192.0.2.1' },
      { exporter: '2001:db8::1', interface: random.below(70000) },
    ]),
    m: random.pick(kMetrics),
    by: maybe(() => names.slice(random.below(4), 4 + random.below(3)), usual.by),
    sort: maybe(() => [{ column: random.pick(names), falling: random.below(2) === 0 }], []),
    view: random.pick(kShapes),
    vs: random.pick(kCompares),
    others: maybe(() => [[`x${random.text(kLetters, 5)}`, random.text(kLetters, 9)]], []),
  };
}

describe('url_of and parse_url', () => {
  it(`give back ${kStates} random states, each with one canonical URL`, () => {
    const random = new Seeded(20260813);
    for (let turn = 0; turn < kStates; ++turn) {
      const view = random_view(random);
      const url = url_of(view);
      const read = parse_url(url);
      expect(read, url).toEqual(view);
      expect(url_of(read)).toBe(url);
    }
  });

  it('survive the browser: what history and location do to a URL changes nothing', () => {
    const random = new Seeded(7);
    for (let turn = 0; turn < kStates; ++turn) {
      const url = url_of(random_view(random));
      const location = new URL(url, 'http://weir.example');
      expect(location.pathname + location.search).toBe(url);
    }
  });

  it('leave out defaults', () => {
    expect(url_of(view_at({ page: 'overview' }))).toBe('/');
    expect(url_of(view_at({ page: 'explore', tab: 'chart' }))).toBe('/explore');
    expect(parse_url('/?t=-24h&m=bytes')).toEqual(view_at({ page: 'overview' }));
  });

  it('keep the readable form of a filter', () => {
    const url = '/explore?t=-1h&f=host:10.0.0.5+-port:443&by=app,dst_as';
    const view = parse_url(url);
    expect(view.f).toBe('host:10.0.0.5 -port:443');
    expect(view.by).toEqual(['app', 'dst_as']);
    expect(url_of(view)).toBe(url);
  });

  it('say an emptied list, where the default is not empty', () => {
    const view = view_at({ page: 'explore', tab: 'chart' }, { by: [] });
    expect(url_of(view)).toBe('/explore?by=');
    expect(parse_url('/explore?by=')).toEqual(view);
  });

  it('take what cannot be understood as the default, and never fail', () => {
    expect(parse_url('/?t=soon&m=joules&view=pie&sort=,-,Ä&f=%zz')).toEqual(
      view_at({ page: 'overview' }, { f: '%zz' }),
    );
  });

  it('keep parameters of another version, in order', () => {
    expect(url_of(parse_url('/hosts?zoom=3&t=-1h&lens=a%26b'))).toBe(
      '/hosts?t=-1h&zoom=3&lens=a%26b',
    );
  });

  it('lead to the rows of a view as a file', () => {
    expect(file_of(parse_url('/?t=-1h'), 'csv')).toBe('/overview.csv?t=-1h');
    expect(file_of(parse_url('/hosts/2001:db8::1?f=port:443'), 'json')).toBe(
      '/hosts/2001:db8::1.json?f=port:443',
    );
    expect(file_of(parse_url('/sessions/recent'), 'csv')).toBe('/sessions/recent.csv');
  });

  it('read places with and without their default tab', () => {
    expect(parse_url('/sessions/active').place).toEqual({ page: 'sessions', tab: 'active' });
    expect(parse_url('/hosts/2001:db8::1').place).toEqual({ page: 'host', id: '2001:db8::1' });
    expect(parse_url('/system').place).toEqual({ page: 'system', tab: 'setup' });
    expect(parse_url('/system/weather').place).toEqual({
      page: 'unknown',
      path: '/system/weather',
    });
  });
});
