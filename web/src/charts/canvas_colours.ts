// Canvas knows no CSS variables. This reads what a colour is in the present theme.

const known = new Map<string, string>();

// Called when the theme changes.
export function forget_colours(): void {
  known.clear();
}

export function canvas_colour(css: string, near: HTMLElement): string {
  let colour = known.get(css);
  if (colour === undefined) {
    const probe = document.createElement('i');
    probe.style.color = css;
    near.append(probe);
    colour = getComputedStyle(probe).color;
    probe.remove();
    known.set(css, colour);
  }
  return colour;
}

export function with_alpha(colour: string, alpha: number): string {
  return /^rgb\(/.test(colour) ? colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`) : colour;
}

// Diagonal lines: nothing is known here. (Zero is drawn as zero.)
export function hatch(context: CanvasRenderingContext2D, colour: string): CanvasPattern | string {
  const tile = document.createElement('canvas');
  const size = 8;
  tile.width = tile.height = size;
  const pen = tile.getContext('2d');
  if (!pen) return colour;
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  for (const offset of [-size, 0, size]) {
    pen.moveTo(offset, size);
    pen.lineTo(offset + size, 0);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat') ?? colour;
}
