import { common } from './uk/common.ts';

export const uk = { common };
