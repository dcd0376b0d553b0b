/** A line as small as a word. */

interface Props {
  /** Values at equal distances; null is a hole. */
  values: readonly (number | null)[];
  width?: number;
  height?: number;
  tone?: 'accent' | 'red';
}

export function Spark({ values, width = 96, height = 24, tone = 'accent' }: Props) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return <svg class="spark" width={width} height={height} aria-hidden="true" />;
  const most = Math.max(...known);
  const x = (index: number): number => 1 + (index / Math.max(1, values.length - 1)) * (width - 2);
  const y = (value: number): number => height - 2 - (most > 0 ? value / most : 0) * (height - 4);
  let path = '';
  let isDown = false;
  values.forEach((value, index) => {
    if (value === null) {
      isDown = false;
      return;
    }
    path += `${isDown ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    isDown = true;
  });
  return (
    <svg
      class={`spark ${tone}`}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}
