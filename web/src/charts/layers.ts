// What a time chart draws: layers over one grid, prepared here, drawn by TimeChart.svelte.
import { stacked } from '../lib/series';

export interface Layer {
  name: string;
  colour: string; // CSS
  values: number[]; // what it says, per step
  drawn: (number | null)[]; // where its line runs: stacked, or below the axis
  fill: boolean;
  ghost?: boolean; // what it is compared with: dashed, not part of the sums
}

// Areas between neighbours: each pair [upper, lower] of layer indexes is filled.
export interface Picture {
  layers: Layer[];
  bands: [number, number][];
}

interface Named {
  name: string;
  colour: string;
  values: number[];
}

function stack(parts: readonly Named[], sign: 1 | -1): Picture {
  const sums = stacked(parts.map(({ values }) => values));
  const layers = parts.map((part, index) => ({
    ...part,
    drawn: (sums[index] ?? []).map((sum) => sign * sum),
    fill: true,
  }));
  const bands = parts.slice(1).map((_, index): [number, number] => [index + 1, index]);
  return { layers, bands };
}

export function stacked_picture(parts: readonly Named[]): Picture {
  return stack(parts, 1);
}

export function line_picture(parts: readonly Named[]): Picture {
  return { layers: parts.map((part) => ({ ...part, drawn: part.values, fill: false })), bands: [] };
}

// Parts above the axis and parts below it, and perhaps ghosts of both sums.
export function in_out_picture(
  above: readonly Named[],
  below: readonly Named[],
  ghosts: readonly (Named & { below: boolean })[] = [],
): Picture {
  const up = stack(above, 1);
  const down = stack(below, -1);
  const shift = up.layers.length;
  return {
    layers: [
      ...up.layers,
      ...down.layers,
      ...ghosts.map(({ below: under, ...part }) => ({
        ...part,
        drawn: part.values.map((value) => (under ? -value : value)),
        fill: false,
        ghost: true,
      })),
    ],
    bands: [
      ...up.bands,
      ...down.bands.map(([upper, lower]): [number, number] => [upper + shift, lower + shift]),
    ],
  };
}
