// Written by `go test ./slice -run TypeScript -update` from slice/fields.go; do not edit.
import type { Bounds, Choice, Criterion } from './language';

/** Which samples: null, {} and 0 do not restrict. */
export interface Slice {
  /** Only samples with this label; -1: those without one. */
  label: Choice | null;
  /** Only samples predicted as this class, with at least the confidence of threshold; -1: those without a decision. */
  predicted: Choice | null;
  /** true: only samples decided for their label; false: only labelled samples decided for another class. Under the threshold samples are undecided, neither right nor wrong. */
  correct: boolean | null;
  /** Only samples with a confidence in this range. */
  confidence: Bounds | null;
  /** Only samples whose score of this class is in this range. */
  score: Record<string, Bounds>;
  /** Only labelled samples whose label has this rank among the scores; 1 is the largest. */
  rank: Bounds | null;
  /** Only labelled samples that this became since another evaluation, which is paired by the images: fixed (wrong there, right here), broken, still-right, still-wrong (for the same class) or changed (wrong in both, for different classes). */
  transition: Record<string, Choice>;
  /** Only labelled samples that another evaluation, paired by the images, predicted as this class; -1 for no decision. */
  was: Record<string, Choice>;
  /** Only samples with a stored map of which this share of what is positive lies on a region. Without METHOD or TARGET the maps are of the kind of which most are stored, never of several. */
  share: Record<string, Bounds>;
  /** Only samples with a stored map that is highest inside this region. METHOD and TARGET are as in share. */
  hottest: Record<string, Choice>;
  /** Only samples with a stored map of this verdict; none: with one whose trust is not measured. METHOD and TARGET are as in share. */
  verdict: Record<string, Choice>;
  /** Only samples that this evaluation and another one have right, by where their maps look: other, if they differ by more than chance and more than 0.2 of share. TWIN is a retrained model's evaluation that chance is measured by; else it is changed images. METHOD and TARGET are as in share. */
  reason: Record<string, Choice>;
  /** Only samples with this tag, which sightline tag and the pages give; not those whose file changed since. */
  tag: Choice | null;
  /** Only samples of this saved slice, which sightline slice and the pages save; an error where something that it rests on is gone. */
  saved: Choice | null;
  /** Only samples of this selection, which was made by hand or fixed; not those whose file changed since. */
  sel: Choice | null;
  /** Only samples with a note, with another label proposed, or that are excluded. */
  marked: Choice | null;
  /** excluded: only samples that nobody excluded; figures count without them. */
  without: Choice | null;
  /** proposed: labels that people proposed count instead of those of the dataset, in figures and in the other criteria. */
  labels: Choice | null;
  /** Only samples with this value in a column that came with the data: a value, low..high (without high), ~part of a text, empty; text:VALUE is a value, whatever it looks like. */
  column: Record<string, Choice>;
  /** Only samples whose path contains this, in upper or lower case. */
  q: Choice | null;
  /** Only samples of this split. */
  split: Choice | null;
  /** Samples with a smaller confidence have no decision. */
  threshold: number;
}

export const emptySlice: Readonly<Slice> = {
  label: null,
  predicted: null,
  correct: null,
  confidence: null,
  score: {},
  rank: null,
  transition: {},
  was: {},
  share: {},
  hottest: {},
  verdict: {},
  reason: {},
  tag: null,
  saved: null,
  sel: null,
  marked: null,
  without: null,
  labels: null,
  column: {},
  q: null,
  split: null,
  threshold: 0,
};

export const criteria: readonly Criterion[] = [
  {
    name: 'label',
    kind: 'classes',
    pattern: 'label',
    none: true,
    say: '{}',
    sayNot: 'not {}',
    yes: 'without a label',
    no: 'with a label',
  },
  {
    name: 'predicted',
    kind: 'classes',
    pattern: 'predicted',
    none: true,
    say: 'taken for {}',
    sayNot: 'not taken for {}',
    yes: 'without a decision',
    no: 'with a decision',
  },
  {
    name: 'correct',
    kind: 'flag',
    pattern: 'correct',
    yes: 'right',
    no: 'wrong',
  },
  {
    name: 'confidence',
    kind: 'range',
    pattern: 'confidence',
    say: 'confidence {}',
    sayNot: 'confidence not {}',
    oldLow: 'min_confidence',
    oldHigh: 'max_confidence',
  },
  {
    name: 'score',
    kind: 'range',
    pattern: 'score(CLASS)',
    of: ['classes'],
    say: 'score of {of} {}',
    sayNot: 'score of {of} not {}',
    oldLow: 'min_score',
    oldHigh: 'max_score',
    oldOf: 'class',
  },
  {
    name: 'rank',
    kind: 'whole',
    pattern: 'rank',
    say: 'label on rank {}',
    sayNot: 'label not on rank {}',
  },
  {
    name: 'transition',
    kind: 'words',
    pattern: 'transition(EVALUATION)',
    of: ['words'],
    among: ['fixed', 'broken', 'still-right', 'still-wrong', 'changed'],
    say: '{} against {of}',
    sayNot: 'not {} against {of}',
  },
  {
    name: 'was',
    kind: 'classes',
    pattern: 'was(EVALUATION)',
    of: ['words'],
    none: true,
    say: 'predicted {} by {of}',
    sayNot: 'not predicted {} by {of}',
    yes: 'no decision by {of}',
    no: 'a decision by {of}',
  },
  {
    name: 'share',
    kind: 'range',
    pattern: 'share(REGION[,METHOD[,TARGET]])',
    of: ['words', 'words', 'words'],
    omit: 2,
    say: 'share on {of} {}',
    sayNot: 'share on {of} not {}',
  },
  {
    name: 'hottest',
    kind: 'words',
    pattern: 'hottest[(METHOD[,TARGET])]',
    of: ['words', 'words'],
    omit: 2,
    say: 'hottest in {}',
    sayNot: 'hottest not in {}',
  },
  {
    name: 'verdict',
    kind: 'words',
    pattern: 'verdict[(METHOD[,TARGET])]',
    of: ['words', 'words'],
    omit: 2,
    among: ['green', 'amber', 'red', 'none'],
    say: 'verdict {}',
    sayNot: 'verdict not {}',
  },
  {
    name: 'reason',
    kind: 'words',
    pattern: 'reason(EVALUATION[,METHOD[,TARGET[,TWIN]]])',
    of: ['words', 'words', 'words', 'words'],
    omit: 3,
    among: ['other', 'same'],
    say: '{} reason beside {of}',
    sayNot: 'not {} reason beside {of}',
  },
  {
    name: 'tag',
    kind: 'words',
    pattern: 'tag',
    say: 'tagged {}',
    sayNot: 'not tagged {}',
  },
  {
    name: 'saved',
    kind: 'words',
    pattern: 'saved',
    say: 'saved as {}',
    sayNot: 'not saved as {}',
  },
  {
    name: 'sel',
    kind: 'words',
    pattern: 'sel',
    say: 'selected ({})',
    sayNot: 'not selected ({})',
  },
  {
    name: 'marked',
    kind: 'words',
    pattern: 'marked',
    among: ['note', 'proposed', 'excluded'],
    say: 'marked {}',
    sayNot: 'not marked {}',
  },
  {
    name: 'without',
    kind: 'words',
    pattern: 'without',
    among: ['excluded'],
    say: 'without {}',
    sayNot: 'only {}',
  },
  {
    name: 'labels',
    kind: 'words',
    pattern: 'labels',
    among: ['proposed'],
    changes: true,
    say: 'with {} labels',
  },
  {
    name: 'column',
    kind: 'words',
    pattern: 'column(NAME)',
    of: ['words'],
    say: '{of} {}',
    sayNot: '{of} not {}',
  },
  {
    name: 'q',
    kind: 'text',
    pattern: 'q',
    say: 'path with {}',
    sayNot: 'path without {}',
  },
  {
    name: 'split',
    kind: 'words',
    pattern: 'split',
    say: 'in {}',
    sayNot: 'not in {}',
  },
  {
    name: 'threshold',
    kind: 'level',
    pattern: 'threshold',
    say: 'decided from confidence {}',
  },
];
