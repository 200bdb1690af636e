import { auth } from './en/auth.ts';
import { common } from './en/common.ts';
import { conversation } from './en/conversation.ts';
import { errors } from './en/errors.ts';
import { keys } from './en/keys.ts';
import { profile } from './en/profile.ts';
import { rooms } from './en/rooms.ts';
import { shell } from './en/shell.ts';

/** All texts, by namespace. The keys of the other languages follow from these. */
export const en = { auth, common, conversation, errors, keys, profile, rooms, shell };
