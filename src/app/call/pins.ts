/** The user's standing wishes for one workspace: which model answers, and which models never do. */
import type { ArmId } from '../../core/brand.ts';
import type { Pins, WorkspaceStateHolder } from './workspaceState.ts';

export type PinScope =
  | { readonly kind: 'workspace' }
  | { readonly kind: 'language'; readonly language: string }
  | { readonly kind: 'conversation'; readonly conversationId: string };

export interface Pinned {
  readonly scope: PinScope;
  readonly armId: ArmId;
}

/** The most entries that a state under 64 KB can hold. */
const maxPins = 100;

/** Undefined unpins. The narrowest pin wins (routing.ts). */
export function pin(workspace: WorkspaceStateHolder, scope: PinScope, armId: ArmId | undefined): void {
  const { pins } = workspace.get();
  workspace.update({ pins: changed(pins, scope, armId) });
}

export function pinned({ pins }: { readonly pins: Pins }): readonly Pinned[] {
  return [
    ...(pins.workspace === undefined
      ? []
      : [{ scope: { kind: 'workspace' as const }, armId: pins.workspace }]),
    ...Object.entries(pins.languages).map(([language, armId]) => ({
      scope: { kind: 'language' as const, language },
      armId,
    })),
    ...Object.entries(pins.conversations).map(([conversationId, armId]) => ({
      scope: { kind: 'conversation' as const, conversationId },
      armId,
    })),
  ];
}

/** Pins on models that are no longer set up: they prevent no answer (routing.ts), but are reported. */
export const lostPins = (state: { readonly pins: Pins }, present: readonly ArmId[]): readonly Pinned[] =>
  pinned(state).filter(({ armId }) => !present.includes(armId));

/** Replaces the list; absent models stay in it, in case they come back. */
export function exclude(
  workspace: WorkspaceStateHolder,
  excluded: readonly ArmId[],
  present: readonly ArmId[],
): void {
  const absent = workspace.get().excluded.filter((id) => !present.includes(id));
  workspace.update({ excluded: [...new Set([...absent, ...excluded])].slice(-maxPins) });
}

function changed(pins: Pins, scope: PinScope, armId: ArmId | undefined): Pins {
  switch (scope.kind) {
    case 'workspace':
      return { ...pins, workspace: armId };
    case 'language':
      return { ...pins, languages: withEntry(pins.languages, scope.language, armId) };
    case 'conversation':
      return { ...pins, conversations: withEntry(pins.conversations, scope.conversationId, armId) };
  }
}

function withEntry(
  entries: Readonly<Record<string, ArmId>>,
  key: string,
  armId: ArmId | undefined,
): Readonly<Record<string, ArmId>> {
  const others = Object.entries(entries).filter(([each]) => each !== key);
  return Object.fromEntries(
    armId === undefined ? others : [...others, [key, armId] as const].slice(-maxPins),
  );
}
