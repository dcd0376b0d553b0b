/** How far apart the points of a chart are, and over how much time a rate is taken. */

/** Fewer pixels than this for each point show nothing more. */
const PIXELS_PER_POINT = 4;

const STEPS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** Seconds between two points of a chart of this width, never less than between two samples. */
export function stepOf(range: number, width: number, sampleInterval: number): number {
  // Widths in classes, so that a window that is resized does not ask at every pixel.
  const points = Math.max(50, Math.round(width / PIXELS_PER_POINT / 25) * 25);
  const least = Math.max(range / points, sampleInterval);
  return STEPS.find((step) => step >= least) ?? Math.ceil(least / 86_400) * 86_400;
}

/** Seconds that a rate looks back over: no gap between points, and enough samples for a rate. */
export function rateWindow(step: number, sampleInterval: number): number {
  return Math.ceil(Math.max(60, 4 * sampleInterval, step + sampleInterval));
}

/** Seconds between two questions for numbers over so long a time: what comes and goes in less is not seen in them. */
export function everySeconds(over: number): number {
  return Math.min(60, Math.max(1, Math.floor(over / 120)));
}

/** Start and end on multiples of the step, so that points stay where they are from one refresh to the next. */
export function grid(range: number, end: number, step: number): { start: number; end: number } {
  const last = Math.floor(end / step) * step;
  return { start: Math.ceil((end - range) / step) * step, end: last };
}
