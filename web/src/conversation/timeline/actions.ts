import { createContext, useContext } from 'react';
import type { Message, MessageId, Outgoing } from '#/core/model.ts';

/** What can be done with the messages of the open room. Another object only where something else is allowed. */
export interface TimelineActions {
  /** Whether the person may write here. */
  readonly mayReply: boolean;
  reply(message: Message): void;
  /** Shows a message, wherever in the room's history it is. */
  show(n: number): void;
  /** Opens the list of those who have read a message. */
  readersOf(message: Message): void;
  retry(id: MessageId): void;
  /** Takes a failed message back into the composer. */
  edit(outgoing: Outgoing): void;
  discard(id: MessageId): void;
}

const ActionsContext = createContext<TimelineActions | undefined>(undefined);

export const ActionsProvider = ActionsContext.Provider;

export function useActions(): TimelineActions {
  const actions = useContext(ActionsContext);
  if (!actions) throw new Error('a message outside of a timeline');
  return actions;
}
