/** What may become of what travels, in the order of its travelling; when the list is over all goes well. */
import fc from 'fast-check';

/** Of a frame, in either direction. */
export type FrameFate =
  | 'arrives'
  /** The socket breaks before it arrives. */
  | 'cut_before'
  /** The socket breaks right after it: what was asked for is done, and nobody hears of it. */
  | 'cut_after'
  /** It arrives, and all behind it, after a while. */
  | 'slow'
  /** Nothing travels on this socket any more, and nobody is told. */
  | 'mute'
  | HostileFate;

/** What no network does within one socket. */
type HostileFate = 'twice' | 'never' | 'overtaken';

/** Of a REST call. */
export type CallFate =
  | 'answered'
  | 'late'
  /** After the client's patience. */
  | 'too_late'
  | 'unreachable'
  /** It is done, and its answer gets lost. */
  | 'lost'
  | 'busy'
  /** Something else answers: a hotel's page, a proxy. */
  | 'portal'
  | 'bad_gateway';

/** Of a step of the browser's database. */
export type StepFate = 'done' | 'slow';

export interface Fates {
  readonly frames: readonly FrameFate[];
  readonly calls: readonly CallFate[];
  readonly steps: readonly StepFate[];
}

const FRAMES: readonly FrameFate[] = ['cut_before', 'cut_after', 'slow', 'mute'];
const HOSTILE: readonly HostileFate[] = ['twice', 'never', 'overtaken'];
const CALLS: readonly CallFate[] = [
  'late',
  'too_late',
  'unreachable',
  'lost',
  'busy',
  'portal',
  'bad_gateway',
];

export function fates(frames: 'in_order' | 'hostile'): fc.Arbitrary<Fates> {
  const bad = frames === 'hostile' ? [...FRAMES, ...HOSTILE, ...HOSTILE] : FRAMES;
  return fc.record({
    frames: many<FrameFate>('arrives', bad, { of: 10, length: 150 }),
    calls: many<CallFate>('answered', CALLS, { of: 5, length: 40 }),
    steps: many<StepFate>('done', ['slow'], { of: 4, length: 60 }),
  });
}

/** One in `of` is bad. */
function many<T>(
  good: T,
  bad: readonly T[],
  { of, length }: { of: number; length: number },
): fc.Arbitrary<T[]> {
  const fate = fc.oneof(
    { weight: of - 1, arbitrary: fc.constant(good) },
    { weight: 1, arbitrary: fc.constantFrom(...bad) },
  );
  return fc.array(fate, { maxLength: length, size: 'max' });
}
