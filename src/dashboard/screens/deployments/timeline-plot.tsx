import { useId } from 'react';
import { versionName } from '../../parts/index.ts';
import type { Deployment } from './history.ts';
import type { Band, Column, Size } from './timeline.ts';

interface TimelinePlotProps {
  readonly columns: readonly Column<Deployment>[];
  readonly size: Size;
  readonly name: string;
  /** Ids of the past versions that are drawn lighter. */
  readonly lighter: ReadonlySet<string>;
  readonly litColumn: Column<Deployment> | undefined;
  readonly onLight: (id: string) => void;
  readonly onOpen: (id: string) => void;
}

export const TimelinePlot = ({ columns, size: { width, height }, name, lighter, litColumn, onLight, onOpen }: TimelinePlotProps) => {
  const hatch = useId();
  return (
    <svg className="timeline-plot" role="img" aria-label={name} width={width} height={height}>
      <defs>
        <pattern id={hatch} width="5.6" height="5.6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect className="timeline-gap" width="5.6" height="5.6" />
          <rect className="timeline-hatch" width="2" height="5.6" />
        </pattern>
      </defs>
      {columns.map((column) => (
        <g key={column.of.id} onPointerEnter={() => onLight(column.of.id)} onClick={() => onOpen(column.of.id)}>
          {column.bands.map((band) => (
            <rect
              key={band.versionId}
              className={`look-${band.look}${lighter.has(band.versionId) ? ' is-lighter' : ''} timeline-band`}
              {...placeOf(column, band, height)}
              {...(band.look === 'back' ? { style: { fill: `url(#${hatch})` } } : {})}
            />
          ))}
          {column.isCut && <line className="timeline-cut" x1={column.x} x2={column.x} y1={0} y2={height} />}
        </g>
      ))}
      {columns.flatMap((column) =>
        column.bands
          .filter(({ isNamed }) => isNamed)
          .map((band) => <Name key={`${column.of.id} ${band.versionId}`} of={band} in={column} height={height} />),
      )}
      {litColumn !== undefined && (
        <rect className="timeline-lit" x={litColumn.x} y={height - 3} width={Math.max(3, litColumn.width)} height={3} />
      )}
    </svg>
  );
};

/** From the top, as a picture is drawn. */
const placeOf = ({ x, width }: Column, { y, height: tall }: Band, height: number) => ({ x, width, y: height - y - tall, height: tall });

const Name = ({ of: band, in: column, height }: { readonly of: Band; readonly in: Column; readonly height: number }) => {
  const x = column.x + column.width / 2;
  const y = height - band.y - band.height / 2;
  const text = versionName(band.number);
  return (
    <g className={`look-${band.look} timeline-name`}>
      {band.look === 'back' && <rect x={x - 4 - text.length * 3.6} y={y - 8} width={8 + text.length * 7.2} height={16} rx={2} />}
      <text x={x} y={y}>
        {text}
      </text>
    </g>
  );
};
