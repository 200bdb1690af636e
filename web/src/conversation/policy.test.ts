import { describe, expect, it } from 'vitest';
import type { Role } from '#/core/model.ts';
import { silenceOf } from './policy.ts';

const ROLES: readonly Role[] = ['reader', 'member', 'admin', 'owner'];

describe('who may write', () => {
  it('are members in groups, and owners and admins in channels', () => {
    const in_ = (kind: 'group' | 'channel') => ROLES.map((role) => silenceOf({ kind, role }));
    expect(in_('group')).toEqual(['reader', undefined, undefined, undefined]);
    expect(in_('channel')).toEqual(['channel', 'channel', undefined, undefined]);
  });
});
