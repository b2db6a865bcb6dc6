import { describe, expect, it } from 'vitest';
import { apps_of, column_ids, columns_of, listed_columns } from './apps';

const kRows = [
  { host: '10.0.0.1', app: 'https', dir: 'in', bytes: 70 },
  { host: '10.0.0.1', app: 'https', dir: 'out', bytes: 7 },
  { host: '10.0.0.1', app: 'dns', dir: 'out', bytes: 2 },
  { host: '10.0.0.2', app: 'dns', dir: 'in', bytes: 100 },
];

describe('host × application', () => {
  it('sums what is looked at, and keeps both directions for the bar', () => {
    expect(apps_of(kRows, 'bytes', 'both')).toEqual([
      {
        name: '10.0.0.1',
        in: 70,
        out: 9,
        total: 79,
        apps: new Map([
          ['https', 77],
          ['dns', 2],
        ]),
      },
      { name: '10.0.0.2', in: 100, out: 0, total: 100, apps: new Map([['dns', 100]]) },
    ]);
    expect(apps_of(kRows, 'bytes', 'out').map(({ total }) => total)).toEqual([9, 0]);
  });

  it('gives columns to the applications that most is used of', () => {
    expect(columns_of(apps_of(kRows, 'bytes', 'both'))).toEqual(['dns', 'https']);
    expect(columns_of(apps_of(kRows, 'bytes', 'out'))).toEqual(['https', 'dns']);
    const many = Array.from({ length: 30 }, (_, index) => ({
      host: '10.0.0.1',
      app: `app-${index}`,
      dir: 'in',
      bytes: index,
    }));
    expect(columns_of(apps_of(many, 'bytes', 'both'))).toHaveLength(20);
  });

  it("takes a list's entries in its order, each once", () => {
    const entries = ['Web', 'DC++', 'Mail', 'Web'].map((name) => ({ name }));
    expect(listed_columns(entries)).toEqual(['Web', 'DC++', 'Mail']);
  });

  it('names a column as a URL can', () => {
    expect(column_ids(['X-Windows 11', 'SSH', 'ssh', 'ssh 2', 'ssh+', ''])).toEqual([
      'app_x_windows_11',
      'app_ssh',
      'app_ssh_2',
      'app_ssh_2_2',
      'app_ssh_',
      'app_',
    ]);
  });
});
