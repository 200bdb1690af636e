import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Client } from '#/core/client.ts';
import type { LiveState } from '#/core/model.ts';

const ClientContext = createContext<Client | undefined>(undefined);

export const ClientProvider = ClientContext.Provider;

/** The client of the person who is signed in. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error('useClient outside of the signed-in pages');
  return client;
}

/**
 * A part of what is live. Renders anew only when the selected value is another one: select what has an identity
 * (`state.rooms[id]`), or wrap the selector with `useShallow` where it makes a new array.
 */
export function useLive<Value>(selector: (state: LiveState) => Value): Value {
  return useStore(useClient().store, selector);
}
