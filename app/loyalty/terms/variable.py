"""Amounts a shopper chooses: how many points, in steps, and what so many are worth to the minor unit."""

from dataclasses import dataclass

from app.loyalty.errors import PointsNotOfferedError


@dataclass(frozen=True, slots=True)
class Variable:
    """``minimum`` to ``maximum`` smallest steps of the unit, by ``step`` from the minimum.

    ``value_minor`` minor units for every ``per_points``; every amount on offer must come out whole (``is_exact``).
    ``maximum`` None means as many as the member has.
    """

    minimum: int
    maximum: int | None
    step: int
    value_minor: int
    per_points: int

    @property
    def is_exact(self) -> bool:
        """Say whether every amount on offer is worth a whole number of minor units, above zero."""
        return (
            self.minimum > 0
            and self.step > 0
            and self.per_points > 0
            and self.value_minor > 0
            and (self.maximum is None or self.maximum >= self.minimum)
            and self.minimum * self.value_minor % self.per_points == 0
            and self.step * self.value_minor % self.per_points == 0
        )

    def checked(self, points: int | None) -> int:
        """Return the points asked for. Raises PointsNotOfferedError for none, too few, too many or between steps."""
        fits = (
            points is not None
            and points >= self.minimum
            and (self.maximum is None or points <= self.maximum)
            and (points - self.minimum) % self.step == 0
        )
        if points is None or not fits:
            raise PointsNotOfferedError(points, self.minimum, self.maximum, self.step)
        return points

    def value(self, points: int) -> int:
        """Return what these points are worth in minor units; what does not come out whole is rounded down."""
        return points * self.value_minor // self.per_points
