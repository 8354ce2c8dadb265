from typing import Any

from django.core.management.base import BaseCommand

from loyalty import auditing


class Command(BaseCommand):
    help = "Check every invariant of points, tiers, purchases and events. Ends with 1 when one is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = auditing.run()
        for finding in findings:
            word = self.style.SUCCESS("ok    ") if finding.ok else self.style.ERROR("BROKEN")
            self.stdout.write(f"{word} {finding.invariant.code:<5} {finding.broken:>6}  {finding.invariant.sentence}")
            for example in finding.examples:
                self.stdout.write(f"             {', '.join(str(value) for value in example)}")
        broken = sum(not finding.ok for finding in findings)
        self.stdout.write(f"{len(findings)} invariants, {broken} broken.")
        if broken:
            raise SystemExit(1)
