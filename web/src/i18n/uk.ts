import { common } from './uk/common.ts';
import { conversation } from './uk/conversation.ts';

export const uk = { common, conversation };
