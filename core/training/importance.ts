/** What a feature contributes to a model. */
export interface Importance {
  readonly feature: string;
  /** Share of what all features contribute; the shares add up to 1. */
  readonly share: number;
}
