import { auth } from './uk/auth.ts';
import { common } from './uk/common.ts';
import { conversation } from './uk/conversation.ts';
import { errors } from './uk/errors.ts';
import { keys } from './uk/keys.ts';
import { profile } from './uk/profile.ts';
import { rooms } from './uk/rooms.ts';
import { shell } from './uk/shell.ts';

export const uk = { auth, common, conversation, errors, keys, profile, rooms, shell };
