import classes from './Server.module.css';

export type Point = { at: number; value: number };

const width = 300;
const height = 56;

/** A quiet line over time, from zero to the highest value that was seen or to `ceiling`. Said in words by `label`. */
export function LineChart({ points, ceiling, label }: { points: readonly Point[]; ceiling: number; label: string }) {
  const first = points[0]?.at ?? 0;
  const last = points.at(-1)?.at ?? 0;
  const span = Math.max(1, last - first);
  // Above the highest value there is room: a level line at the top would look like a full one.
  const top = Math.max(ceiling, ...points.map(({ value }) => value * 1.25)) || 1;
  const path = points
    .map(({ at, value }, index) => {
      const x = (((at - first) / span) * width).toFixed(1);
      const y = (height - (value / top) * (height - 2)).toFixed(1);
      return `${index === 0 ? 'M' : 'L'}${x} ${y}`;
    })
    .join('');
  return (
    <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {points.length > 1 && (
        <>
          <path className={classes.area} d={`${path}L${width} ${height}L0 ${height}Z`} />
          <path className={classes.trace} d={path} />
        </>
      )}
      <line className={classes.base} x1={0} y1={height} x2={width} y2={height} />
    </svg>
  );
}
