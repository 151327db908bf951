"""What is launched where: a training, the kind of sharding, and which GPUs serve and which train."""

from dataclasses import dataclass

from tarot_bench.errors import RecipeError
from tarot_bench.training.launch.commands import AccelerateKind, Invocation
from tarot_bench.training.recipe import Training


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """A training on one machine.

    Attributes:
        training: what to train.
        invocation: the arguments of ``train``.
        accelerate: the kind of accelerate configuration.
        gpus: of the machine; with the kind ``cpu``, processes.
        launch: as given: the same kind, or a cluster.
    """

    training: Training
    invocation: Invocation
    accelerate: AccelerateKind
    gpus: int
    launch: str

    @property
    def on_cpu(self) -> bool:
        """Whether the training uses no GPU."""
        return self.accelerate == "cpu"

    @property
    def serving(self) -> int:
        """GPUs that the vLLM server takes, the first ones of the machine."""
        return self.training.recipe.vllm.server_gpus

    @property
    def processes(self) -> int:
        """Training processes: one for every other GPU.

        Raises:
            RecipeError: no GPU is left to train on.
        """
        left = self.gpus - self.serving
        if left < 1:
            raise RecipeError(
                f"{self.gpus} GPUs, of which the vLLM server takes {self.serving}: none is left for training"
            )
        return left

    @property
    def volume(self) -> tuple[str, str] | None:
        """The name and the mount point of the storage for the run; None if the recipe names none."""
        name, _, path = (self.training.recipe.volume or "").partition(":")
        return (name, path.rstrip("/") or "/") if name else None
