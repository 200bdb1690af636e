/** What a role allows, as the server decides it; here only to show no buttons that would be refused. */
import type { Role, RoomKind } from '#/core/model.ts';

const RANK: Record<Role, number> = { reader: 0, member: 1, admin: 2, owner: 3 };

const ROLES: readonly Role[] = ['owner', 'admin', 'member', 'reader'];

export function mayDescribe(kind: RoomKind, role: Role): boolean {
  return kind !== 'direct' && RANK[role] >= RANK.admin;
}

export function mayDelete(kind: RoomKind, role: Role): boolean {
  return kind !== 'direct' && role === 'owner';
}

/** Adds members, and readers. */
export function mayAdd(kind: RoomKind, role: Role): boolean {
  return kind !== 'direct' && RANK[role] >= RANK.admin;
}

/** The roles that somebody can give to a member who has `current`: none where the member is beyond them. */
export function rolesToGive(kind: RoomKind, role: Role, current: Role): readonly Role[] {
  if (kind === 'direct') return [];
  if (role === 'owner') return ROLES;
  if (role === 'admin' && RANK[current] <= RANK.member) return ['member', 'reader'];
  return [];
}

export function mayRemove(kind: RoomKind, role: Role, target: Role): boolean {
  return rolesToGive(kind, role, target).length > 0;
}
