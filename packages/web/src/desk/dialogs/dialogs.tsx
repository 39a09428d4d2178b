import { openOne } from "../state/state.ts";
import { useDesk } from "../use-desk.ts";
import { CannedDialog } from "./canned-dialog.tsx";
import { HelpDialog } from "./help-dialog.tsx";
import { EndDialog, GiveBackDialog } from "./leave-dialogs.tsx";
import { PasswordDialog } from "./password-dialog.tsx";
import { TransferDialog } from "./transfer-dialog.tsx";

export type DialogName = "giveBack" | "transfer" | "end" | "help" | "canned" | "password";

/** The dialog that is open. One about a conversation closes with that. */
export function Dialogs({ name, onClose }: { name: DialogName; onClose: () => void }) {
  const state = useDesk();
  const open = state.over === null ? openOne(state) : null;
  switch (name) {
    case "help":
      return <HelpDialog onClose={onClose} />;
    case "canned":
      return <CannedDialog onClose={onClose} />;
    case "password":
      return <PasswordDialog onClose={onClose} />;
    case "giveBack":
      return open && <GiveBackDialog conversation={open} onClose={onClose} />;
    case "transfer":
      return open && <TransferDialog conversation={open} onClose={onClose} />;
    case "end":
      return open && <EndDialog conversation={open} onClose={onClose} />;
  }
}
