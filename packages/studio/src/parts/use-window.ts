import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { RefObject } from 'preact';

export type Window = {
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Index of the first row to draw. */
  readonly first: number;
  /** Index after the last row to draw. */
  readonly end: number;
  /** Scrolls as little as it takes to bring a row into sight. */
  readonly reveal: (index: number) => void;
};

/** Rows drawn beyond either edge, so that a quick scroll finds them there. */
const margin = 10;

/**
 * Which of many rows of one height are in sight.
 *
 * @param head Height of what covers the top of the scroller, in pixels.
 */
export function useWindow(count: number, rowHeight: number, head: number): Window {
  const scroller = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState({ first: 0, end: Math.min(count, 60) });

  const measure = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const first = Math.max(0, Math.floor((element.scrollTop - head) / rowHeight) - margin);
    const end = Math.min(count, Math.ceil((element.scrollTop + element.clientHeight) / rowHeight) + margin);
    setRange((known) => (known.first === first && known.end === end ? known : { first, end }));
  }, [count, rowHeight, head]);

  useLayoutEffect(() => {
    measure();
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, [measure]);

  const reveal = useCallback(
    (index: number) => {
      const element = scroller.current;
      if (element === null) return;
      const top = index * rowHeight;
      const room = element.clientHeight - head;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + rowHeight > element.scrollTop + room) element.scrollTop = top + rowHeight - room;
    },
    [rowHeight, head],
  );

  return { scroller, first: Math.min(range.first, count), end: Math.min(range.end, count), reveal };
}
