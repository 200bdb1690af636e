import { useEffect, useState } from 'react';

/** A value once it has rested, so that not every key asks the server. Empty text is taken at once. */
export function useDelayed(value: string, milliseconds = 180): string {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    if (value === '') return setRested('');
    const timer = setTimeout(() => setRested(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return value === '' ? '' : rested;
}
