import { useEffect, useState } from 'react';
import { useClient } from './client_context.tsx';

/** The day it is by the server's clock: a new value after midnight, so that what is told by the day is told anew. */
export function useToday(): Date {
  const client = useClient();
  const [today, setToday] = useState(() => new Date(client.now()));
  useEffect(() => {
    const midnight = new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1);
    const timer = setTimeout(
      () => setToday(new Date(client.now())),
      midnight.getTime() - client.now() + 1000,
    );
    return () => clearTimeout(timer);
  }, [client, today]);
  return today;
}
