import { useLayoutEffect, useRef, useState } from 'react';

/** Returns an element’s width, updated when it changes. Charts are drawn in pixels so that their texts keep their size. */
export function useWidth<E extends HTMLElement>(): [ref: React.RefObject<E | null>, width: number] {
  const ref = useRef<E>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measure = () => setWidth(Math.floor(element.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
