import js from '@eslint/js';
import regexp from 'eslint-plugin-regexp';
import importSort from 'eslint-plugin-simple-import-sort';
import tseslint from 'typescript-eslint';
import { throwsTag } from './lint/throws-tag.js';

const PRODUCT = ['lib/**/*.ts', 'tasks/**/*.ts', 'bin/**/*.ts'];

// What the tree does not satisfy yet stands in eslint-suppressions.json, a budget for each file and rule that may only
// shrink: `npx eslint . --prune-suppressions` after making it smaller.
export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'examples/**/node_modules/', '**/*.cjs', '.cache/'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', 'lint/*.js', 'test/*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { regexp, 'import-sort': importSort, house: { rules: { 'throws-tag': throwsTag } } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      'no-control-regex': 'off', // terminals and logs are what many of ours are about
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      ...tseslint.configs.disableTypeChecked.languageOptions,
      globals: { console: false, process: false, URL: false },
    },
  },
  {
    files: PRODUCT,
    rules: {
      complexity: ['error', { max: 12 }],
      'max-params': ['error', { max: 4 }],
      'max-lines': ['error', { max: 250 }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      'no-restricted-syntax': [
        'error',
        {
          selector: ':not(MethodDefinition[kind="constructor"])[accessibility="private"]',
          message: 'Private members are `#private`.',
        },
      ],
      'house/throws-tag': 'error',
      // Text from outside may be long, or made to be slow to search.
      'regexp/no-super-linear-backtracking': ['error', { report: 'certain' }],
      'regexp/no-super-linear-move': ['error', { report: 'certain' }],
    },
  },
  {
    files: [...PRODUCT, 'test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'import-sort/imports': ['error', { groups: [['^node:', '^@?\\w', '^\\.']] }], // node, packages, own
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
