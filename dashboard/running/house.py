"""The whole platform in one terminal: engines, schema, data, web, worker, beat and relay, until Ctrl-C."""

import os
import time
from collections.abc import Callable
from functools import partial
from typing import TextIO

from dashboard.running import announcing, environment, preparing, processes
from dashboard.running.environment import Place
from dashboard.running.stopping import StopAsked, Stopping
from dashboard.running.watching import Watch, Watched, end_leftovers
from loyalty.engines.children import Child

LOOK_SECONDS = 0.2


class House:
    """`out` is the terminal."""

    def __init__(self, *, place: Place, out: TextIO) -> None:
        self.place = place
        self.out = out
        self.watch = Watch(say=self.say, record=place.folder.path / "processes.json")
        self.stopping = Stopping()
        self.began = time.monotonic()

    def say(self, line: str) -> None:
        print(line, file=self.out, flush=True)

    def run(self, *, engines_only: bool) -> None:
        """Everything up, then watch until asked to stop; whatever happens, what was started is stopped."""
        folder = self.place.folder
        with folder.lock():
            end_leftovers(self.watch.record)
            if not engines_only:
                environment.refuse_taken_port(host=self.place.host, port=self.place.port)
            folder.write_settings(environment.TOLD_TO_OTHERS)
            self.stopping.listen()
            try:
                self._start_engines()
                if engines_only:
                    self.say(f"DATABASE_URL={os.environ['DATABASE_URL']}\nREDIS_URL={os.environ['REDIS_URL']}")
                else:
                    self._start_platform()
                self._watch()
            except StopAsked:
                self.say("\nStopping; the data are kept …")
            finally:
                self.watch.stop()
            self.say("Stopped.")

    def _start_engines(self) -> None:
        place = self.place
        if place.postgres is not None:
            self.say("PostgreSQL …")
            place.postgres.start()
            self._adopt(place.postgres.child, place.postgres.answers, stop_seconds=60)
            preparing.make_database(place)
        if place.valkey is not None:
            self.say("Valkey …")
            place.valkey.start()
            self._adopt(place.valkey.child, place.valkey.answers, stop_seconds=20)

    def _adopt(self, child: Child | None, answers: Callable[[], bool], *, stop_seconds: float) -> None:
        if child is not None:
            self.watch.adopt(Watched(child=child, answers=answers, stop_seconds=stop_seconds))

    def _start_platform(self) -> None:
        self.say("Schema, pages and translations …")
        preparing.schema()
        preparing.static_files()
        self.stopping.check()
        if self.place.demo:
            preparing.demo_data(stopping=self.stopping)
        preparing.basics()
        sign_ins = preparing.sign_ins(self.place)
        started = [self._web(), self._worker(), self._relay(), self._beat()]
        self.stopping.check()
        self.say(", ".join(one.child.name for one in started) + " …")
        for one in started:
            self.watch.launch(one)  # all at once: most of the wait is Python reading its modules
        for one in started:
            one.child.wait_until(partial(self._checked, one.answers), seconds=60)
        self.say(
            announcing.text(
                url=self.place.url,
                sign_ins=sign_ins,
                seconds=time.monotonic() - self.began,
                demo_file=str(self.place.folder.demo_file),
            )
        )

    def _watch(self) -> None:
        while True:
            self.stopping.check()
            self.watch.tend()
            time.sleep(LOOK_SECONDS)

    def _checked(self, answers: Callable[[], bool]) -> bool:
        self.stopping.check()
        return answers()

    def _worker(self) -> Watched:
        log = self.place.folder.log("worker")
        return Watched(
            child=processes.worker(env={}, log=log),
            answers=partial(processes.said, log, processes.WORKER_READY, after=_size(log)),
            stop_seconds=70,  # a task under way may take its soft-shutdown minute
        )

    def _beat(self) -> Watched:
        log = self.place.folder.log("beat")
        return Watched(
            child=processes.beat(env={}, log=log, schedule=self.place.folder.path / "beat"),
            answers=partial(processes.said, log, processes.BEAT_READY, after=_size(log)),
        )

    def _relay(self) -> Watched:
        log = self.place.folder.log("relay")
        return Watched(
            child=processes.relay(env={}, log=log),
            answers=partial(processes.said, log, processes.RELAY_READY, after=_size(log)),
        )

    def _web(self) -> Watched:
        place = self.place
        log = place.folder.log("web")
        return Watched(
            child=processes.web(env={}, log=log, port=place.port, host=place.host),
            answers=partial(processes.web_answers, port=place.port, path="/readyz"),
        )


def _size(log: "os.PathLike[str]") -> int:
    try:
        return os.stat(log).st_size
    except OSError:
        return 0
