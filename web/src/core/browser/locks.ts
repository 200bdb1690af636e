/**
 * The browser's locks. Pages that come over plain HTTP from another machine have none: there each tab has its own,
 * which costs a log-in when two of them refresh at once, and a repeated send, which the server knows by its id.
 */
export function browserLocks(): Pick<LockManager, 'request'> {
  return navigator.locks ?? { request: ownLocks() };
}

function ownLocks(): LockManager['request'] {
  const held = new Map<string, Promise<unknown>>();
  return async <T>(...call: [string, ...unknown[], LockGrantedCallback<T>]): Promise<Awaited<T>> => {
    const [name] = call;
    const work = call.at(-1) as LockGrantedCallback<T>;
    const before = held.get(name) ?? Promise.resolve();
    const done = before.then(() => work({ name, mode: 'exclusive' }));
    held.set(
      name,
      done.catch(() => undefined),
    );
    return done as Promise<Awaited<T>>;
  };
}
