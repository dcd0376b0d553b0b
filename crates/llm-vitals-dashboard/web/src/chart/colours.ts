/** The colours of a chart, from the style sheet's own names, so that each theme has its own. */

/** What a line stands for; `series` takes the next colour of the palette. */
export type Role = 'series' | 'well' | 'trouble' | 'left';

const PALETTE = ['--blue', '--orange', '--teal', '--purple', '--grey'];

/** After each round of the palette the lines are told apart by their dashes. */
const DASHES: number[][] = [[], [6, 3], [2, 3]];

export interface Look {
  colour: string;
  dash: number[];
  pattern: 'none' | 'stripes' | 'dots';
}

export function look(index: number, role: Role): { name: string; dash: number[]; pattern: Look['pattern'] } {
  if (role === 'trouble') return { name: '--red', dash: [6, 3], pattern: 'stripes' };
  if (role === 'left') return { name: '--grey', dash: [2, 3], pattern: 'dots' };
  if (role === 'well') return { name: '--blue', dash: [], pattern: 'none' };
  return {
    name: PALETTE[index % PALETTE.length] ?? '--grey',
    dash: DASHES[Math.floor(index / PALETTE.length) % DASHES.length] ?? [],
    pattern: 'none',
  };
}

/** The colour that a name of the style sheet has now. */
export function colour(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

export function faded(colour: string, share: number): string {
  return colour.replace(/^rgba?\(([^,]+),([^,]+),([^,)]+)(?:,[^)]+)?\)$/, `rgba($1,$2,$3,${share})`);
}

/** Stripes or dots in a colour, for areas that must be told apart without it. */
export function pattern(context: CanvasRenderingContext2D, colour: string, kind: Look['pattern']): CanvasPattern | string {
  if (kind === 'none') return faded(colour, 0.22);
  const tile = document.createElement('canvas');
  const ratio = Math.max(1, Math.round(devicePixelRatio));
  const size = 6 * ratio;
  tile.width = size;
  tile.height = size;
  const paint = tile.getContext('2d');
  if (paint === null) return faded(colour, 0.22);
  paint.fillStyle = faded(colour, 0.18);
  paint.fillRect(0, 0, size, size);
  paint.strokeStyle = colour;
  paint.fillStyle = colour;
  paint.lineWidth = ratio;
  if (kind === 'stripes') {
    paint.beginPath();
    for (const shift of [-size, 0, size]) {
      paint.moveTo(shift, size);
      paint.lineTo(shift + size, 0);
    }
    paint.stroke();
  } else {
    paint.fillRect(size / 2, size / 2, ratio, ratio);
  }
  return context.createPattern(tile, 'repeat') ?? faded(colour, 0.22);
}
