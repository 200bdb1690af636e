import { common } from './en/common.ts';
import { conversation } from './en/conversation.ts';

/** All texts, by namespace. The keys of the other languages follow from these. */
export const en = { common, conversation };
