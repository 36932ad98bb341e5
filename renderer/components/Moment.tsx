import { Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import { formatAgo, formatExactly, formatMoment } from '../format/moment.ts';

/** A moment as people say it, exact on hover and focus. `ago` keeps counting. */
export function Moment({ at, how = 'moment' }: { at: string; how?: 'moment' | 'ago' }) {
  const now = useNow();
  const date = new Date(at);
  return (
    <Tooltip label={formatExactly(date)}>
      <time dateTime={at}>{how === 'ago' ? formatAgo(date, now) : formatMoment(date, now)}</time>
    </Tooltip>
  );
}

/** The time, renewed twice a minute: as often as the words for it can change. */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
