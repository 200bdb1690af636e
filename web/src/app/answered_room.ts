import type { Client } from '#/core/client.ts';
import type { Room } from '#/core/generated/rest/index.ts';

/** Shows a room that REST answered with, before its events say so. Only lists have a room's last message. */
export function addAnswered(client: Client, room: Room): void {
  client.addRoom({ ...room, last_message: undefined });
}
