import { describe, expect, it } from 'vitest';
import { sites_of } from './sites';

const kRows = [
  { site: 'a.example', site_evidence: 'as', dir: 'in', bytes: 10, flows: 1 },
  { site: 'b.example', site_evidence: 'ptr', dir: 'in', bytes: 70, flows: 2 },
  { site: 'a.example', site_evidence: 'dns', dir: 'in', bytes: 100, flows: 3 },
  { site: 'a.example', site_evidence: 'dns', dir: 'out', bytes: 5, flows: 3 },
  { dir: 'out', bytes: 1_000, flows: 9 },
];

describe('sites_of', () => {
  it('adds both directions of a site up, the largest first, with its best evidence', () => {
    expect(sites_of(kRows, 'bytes')).toEqual([
      { name: 'a.example', evidence: 'dns', in: 110, out: 5, both: 115, flows: 7, hosts: 0 },
      { name: 'b.example', evidence: 'ptr', in: 70, out: 0, both: 70, flows: 2, hosts: 0 },
    ]);
  });

  it('counts the hosts that used a site', () => {
    const hosts = [
      { site: 'a.example', src: '10.0.0.1', bytes: 1 },
      { site: 'a.example', src: '10.0.0.2', bytes: 1 },
      { site: 'c.example', src: '10.0.0.2', bytes: 1 },
    ];
    expect(sites_of(kRows, 'bytes', hosts).map(({ name, hosts: count }) => [name, count])).toEqual([
      ['a.example', 2],
      ['b.example', 0],
    ]);
  });

  it('says nothing of evidence that this version does not know', () => {
    const rows = [{ site: 'a.example', site_evidence: 'tea leaves', bytes: 1 }];
    expect(sites_of(rows, 'bytes')[0]?.evidence).toBeUndefined();
  });
});
