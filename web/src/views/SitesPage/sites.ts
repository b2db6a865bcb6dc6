// How much of each site there was, and what named it.
import type { Row } from '../../api/client';
import { text } from '../../lib/i18n/text';

// From the best to the least: what `site_evidence` says.
export const kEvidence = ['dns', 'sni', 'ptr', 'as'] as const;
export type Evidence = (typeof kEvidence)[number];

export interface SiteRow {
  name: string;
  evidence: Evidence | undefined; // the best of those that named it
  in: number;
  out: number;
  both: number;
  flows: number;
  hosts: number;
}

const evidence_in = (row: Row): Evidence | undefined =>
  kEvidence.find((each) => each === row['site_evidence']);

function better(one: Evidence | undefined, other: Evidence | undefined): Evidence | undefined {
  return kEvidence.find((each) => each === one || each === other);
}

// The largest first. `rows` by site, evidence and direction; `of_hosts` by site and local host.
export function sites_of(
  rows: readonly Row[],
  metric: string,
  of_hosts: readonly Row[] = [],
): SiteRow[] {
  const sites = new Map<string, SiteRow>();
  for (const row of rows) {
    const name = String(row['site'] ?? '');
    if (name === '') continue;
    let site = sites.get(name);
    if (!site) {
      site = { name, evidence: undefined, in: 0, out: 0, both: 0, flows: 0, hosts: 0 };
      sites.set(name, site);
    }
    const amount = Number(row[metric] ?? 0);
    if (row['dir'] === 'in') site.in += amount;
    if (row['dir'] === 'out') site.out += amount;
    site.both += amount;
    site.flows += Number(row['flows'] ?? 0);
    site.evidence = better(site.evidence, evidence_in(row));
  }
  for (const row of of_hosts) {
    const site = sites.get(String(row['site'] ?? ''));
    if (site) site.hosts += 1;
  }
  return [...sites.values()].sort(
    (left, right) => right.both - left.both || (left.name < right.name ? -1 : 1),
  );
}

// What a badge says, and what it means.
export const evidence_text = (evidence: Evidence | undefined): string =>
  evidence === undefined ? '' : text(`evidence.${evidence}`);
export const evidence_hint = (evidence: Evidence | undefined): string =>
  evidence === undefined ? '' : text(`evidence.${evidence}_hint`);
