/**
 * The JSON of Sightline's HTTP API. The types come from docs/openapi.json
 * (`npm run types`, which `npm run check` runs first), so that a change of the
 * API that the interface does not follow is a compile error. Indices of classes
 * are the model's; sizes and points are in displayed (upright) pixels.
 */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Job = Schemas['Job'];
export type WorkerList = Schemas['WorkerList'];
export type Document = Schemas['Document'];
export type DocumentTitle = Schemas['DocumentTitle'];
export type CellTest = Schemas['CellTest'];
export type FindingPairs = Schemas['FindingPairs'];
export type HandChange = Schemas['HandChange'];
export type HandRequest = Schemas['HandRequest'];
export type StreamError = Schemas['StreamError'];
export type Status = Schemas['Status'];
export type Dataset = Schemas['Dataset'];
export type EvaluationProbe = Schemas['EvaluationProbe'];
export type Probe = Schemas['Probe'];
export type ProbeCandidate = Schemas['ProbeCandidate'];
export type Removal = Schemas['Removal'];
export type Tag = Schemas['Tag'];
export type SavedSlice = Schemas['SavedSlice'];
export type Selection = Schemas['Selection'];
export type Sides = Schemas['Sides'];
export type Side = Schemas['Side'];
export type Figure = Schemas['Figure'];
export type Column = Schemas['Column'];
export type Group = Schemas['Group'];
export type Groups = Schemas['Groups'];
export type ExportFormat = Schemas['ExportFormat'];
export type MarkAction = Schemas['MarkAction'];
export type Removed = Schemas['Removed'];
export type Problems = Schemas['Problems'];
export type Model = Schemas['Model'];
export type EvaluationSummary = Schemas['EvaluationSummary'];
export type Evaluation = Schemas['Evaluation'];
export type ClassFigures = Schemas['ClassMetrics'];
export type SamplePage = Schemas['SampleList'];
export type SampleSummary = Schemas['Sample'];
export type Sample = Schemas['SampleDetail'];
export type Region = Schemas['Region'];
export type Curve = Schemas['Curve'];
export type CurvePoint = Schemas['CurvePoint'];
export type Histogram = Schemas['Histogram'];
export type Method = Schemas['Method'];
export type UnfitMethods = Schemas['UnfitMethods'];
export type AutomaticMethod = Schemas['AutomaticMethod'];
export type Layers = Schemas['LayerList'];
export type Agreement = Schemas['Agreement'];
export type MeasureProgress = Schemas['MeasureProgress'];
export type Curves = Schemas['Curves'];
export type Band = Schemas['Band'];
export type Comparison = Schemas['Comparison'];
export type CellChanges = Schemas['CellChanges'];
export type CellChange = Schemas['CellChange'];
export type Counterpart = Schemas['Counterpart'];
export type Similar = Schemas['Similar'];
export type SimilarSample = Schemas['SimilarSample'];
export type ClassDifference = Schemas['ClassDifference'];
export type Estimate = Schemas['Estimate'];
export type RegionComparison = Schemas['RegionComparison'];
export type RegionDifference = Schemas['RegionDifference'];
export type Declaration = Schemas['Declaration'];
export type Finding = Schemas['Finding'];
export type FindingFill = Schemas['FindingFill'];
export type Findings = Schemas['Findings'];
export type Look = Schemas['Look'];
export type Concepts = Schemas['Concepts'];
export type ConceptClass = Schemas['ConceptClass'];
export type Concept = Schemas['Concept'];
export type ConceptSample = Schemas['ConceptSample'];
export type LookRow = Schemas['LookRow'];
export type ShareList = Schemas['ShareList'];
export type ShareSummary = Schemas['ShareSummary'];
export type RegionShare = Schemas['RegionShare'];
export type HidingAgreements = Schemas['HidingAgreements'];
export type MeanMap = Schemas['MeanMap'];
export type MeanMaps = Schemas['MeanMaps'];
export type TypicalSample = Schemas['TypicalSample'];
export type Reasons = Schemas['Reasons'];
export type Trust = Schemas['Trust'];
export type Space = Schemas['Space'];
export type Randomisation = Schemas['Randomisation'];
export type Verdict = 'green' | 'amber' | 'red';

/** Counts by label (rows) and prediction (columns; the last is "no decision"). */
export interface Matrix {
  rows: number;
  columns: number;
  counts: Uint32Array;
}

/** Maps cell coordinates to displayed pixels: X = m0 x + m1 y + m2, Y = m3 x + m4 y + m5. */
export type Affine = [number, number, number, number, number, number];

type Snapshot = Schemas['MapSnapshot'];

export type MapHeader = Omit<Snapshot, 'values' | 'geometry'> & {
  geometry: Omit<Snapshot['geometry'], 'matrix'> & { matrix: Affine };
};

/** An attribution map: raw signed values, row by row. */
export type AttributionMap = MapHeader & { values: Float32Array };
