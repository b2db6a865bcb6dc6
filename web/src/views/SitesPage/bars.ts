// Sites as a list of bars, with what named them.
import type { Bar } from '../../parts/BarList.svelte';
import { amount_text, type Measure } from '../../lib/units';
import { view_of } from '../../state/router.svelte';
import { term_of } from '../ExplorePage/groups';
import { evidence_hint, evidence_text, type SiteRow } from './sites';

// The first of them. `filter` holds for where they lead to.
export function site_bars_of(
  sites: readonly SiteRow[],
  metric: Measure,
  most: number,
  filter = '',
): Bar[] {
  const longest = sites[0]?.both || 1;
  return sites.slice(0, most).map((site) => ({
    name: site.name,
    shown: site.name,
    badge: evidence_text(site.evidence),
    hint: `${site.name}: ${evidence_hint(site.evidence)}`,
    link: view_of(
      { page: 'explore', tab: 'chart' },
      {
        f: `${filter} ${term_of('site', site.name) ?? ''}`.trim(),
        by: filter ? ['src', 'dst'] : ['host'],
      },
    ),
    value: amount_text(metric, site.both),
    in: site.in / longest,
    out: site.out / longest,
  }));
}
