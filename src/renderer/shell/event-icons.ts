import {
  AlarmClock,
  AlarmClockOff,
  CircleCheck,
  Combine,
  FolderInput,
  Mail,
  OctagonAlert,
  RotateCcw,
  Ungroup,
  UserMinus,
  UserPlus,
  Users,
} from '@lucide/vue'
import type { Component } from 'vue'
import type { ThreadEventView } from '@contract/threads.ts'

/** The picture of each thing that can happen to a conversation, wherever it is told. */
export const eventIcons: Record<ThreadEventView['kind'], Component> = {
  assigned: UserPlus,
  unassigned: UserMinus,
  team_assigned: Users,
  team_unassigned: Users,
  closed: CircleCheck,
  reopened: RotateCcw,
  moved: FolderInput,
  snoozed: AlarmClock,
  snoozed_until_reply: AlarmClock,
  woken: AlarmClockOff,
  spam: OctagonAlert,
  not_spam: Mail,
  merged: Combine,
  taken_apart: Ungroup,
}
