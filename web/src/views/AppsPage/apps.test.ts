import { describe, expect, it } from 'vitest';
import { apps_of, column_id, columns_of } from './apps';

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

  it('names a column as a URL can', () => {
    expect(column_id('X-Windows 11')).toBe('app_x_windows_11');
  });
});
