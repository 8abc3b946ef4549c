export { builtFrom } from './built-from.js';
export {
  planBuild,
  type Base,
  type BuildOptions,
  type BuildPlan,
  type BuildRequest,
  type BuildStep,
} from './plan.js';
export { readRecipe, type Recipe, type RecipeOptions } from './recipe.js';
export { carryOutBuild, type BuiltImage } from './carry-out.js';
export { buildPipeline, type PipelineBuild, type PipelineOptions } from './pipeline/pipeline.js';
export { carryOutExport, exportBuild, type Exported } from './export/carry-out.js';
